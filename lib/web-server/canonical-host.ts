import { isLoopback } from "@/lib/platform/net/host";

/**
 * Returns the URL to which a browser is redirected that reached a portal on loopback under another loopback name.
 * Undefined when no redirect is needed. Cookies and the Origin check work for one name only. `publicUrl` is the
 * portal's URL, and `host` is the request's Host header.
 */
export function findCanonicalUrl(
  request: {
    method: string | undefined;
    url: string | undefined;
    host: string | undefined;
    accept: string | undefined;
  },
  publicUrl: URL,
): string | undefined {
  const { method, url = "/", host, accept = "" } = request;
  if (method !== "GET" || !accept.includes("text/html") || !isPage(url) || !isLoopback(publicUrl.hostname))
    return undefined;
  const given = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  if (!given || given.hostname === publicUrl.hostname || !isLoopback(given.hostname)) return undefined;
  return `${publicUrl.origin}${url}`;
}

function isPage(url: string): boolean {
  return url.startsWith("/") && !url.startsWith("/api/") && !url.startsWith("/_next/");
}
