"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider, useTheme } from "next-themes";
import { type ReactNode, useState } from "react";
import { Toaster } from "sonner";

interface ProvidersProps {
  /** The nonce of the content security policy that came with this page. */
  nonce: string | undefined;
  children: ReactNode;
}

/** The portal is often on loopback or in a closed network, where the browser thinks that it is offline. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, networkMode: "always" }, mutations: { networkMode: "always" } },
  });
}

/** What every page needs around it: the theme, react-query and the toasts. */
export function Providers({ nonce, children }: ProvidersProps) {
  const [queryClient] = useState(createQueryClient);
  return (
    <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce ? { nonce } : {})}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
      <Toasts />
    </ThemeProvider>
  );
}

function Toasts() {
  const { resolvedTheme } = useTheme();
  return (
    <Toaster
      position="top-center"
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      duration={3_000}
      containerAriaLabel="Messages"
      toastOptions={{
        classNames: {
          toast: "!bg-surface !text-foreground !border-border !shadow-high !rounded-lg !font-sans",
          success: "[&_[data-icon]]:!text-good",
          error: "[&_[data-icon]]:!text-danger",
        },
      }}
    />
  );
}
