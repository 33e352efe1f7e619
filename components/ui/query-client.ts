import { QueryClient } from "@tanstack/react-query";

let ofThisTab: QueryClient | undefined;

/**
 * The react-query client of the browser tab. Only what uses react-query imports it, so other pages do not load the
 * library. On the server every call gives a client of its own, because nothing may be shared between requests.
 */
export function getQueryClient(): QueryClient {
  if (typeof window === "undefined") return createQueryClient();
  if (!ofThisTab) {
    ofThisTab = createQueryClient();
    // Without it nothing is fetched again when the tab gets the focus.
    ofThisTab.mount();
  }
  return ofThisTab;
}

/** The portal is often on loopback or in a closed network, where the browser thinks that it is offline. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, networkMode: "always" }, mutations: { networkMode: "always" } },
  });
}
