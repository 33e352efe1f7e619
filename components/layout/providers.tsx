"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider, useTheme } from "next-themes";
import { type ReactNode, useState } from "react";
import { Toaster } from "sonner";

interface ProvidersProps {
  /** Of this answer's content security policy. */
  nonce: string | undefined;
  children: ReactNode;
}

export function Providers({ nonce, children }: ProvidersProps) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));
  return (
    <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce ? { nonce } : {})}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
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
