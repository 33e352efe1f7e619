"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { ToastProvider } from "@/components/ui/toasts";

interface ProvidersProps {
  /** The nonce of the content security policy that came with this page. */
  nonce: string | undefined;
  children: ReactNode;
}

/** What every page needs around it: the theme and the toasts. */
export function Providers({ nonce, children }: ProvidersProps) {
  return (
    <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce ? { nonce } : {})}>
      <ToastProvider>{children}</ToastProvider>
    </ThemeProvider>
  );
}
