"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { BrandProvider } from "@/components/layout/brand";
import { ToastProvider } from "@/components/ui/toasts";

interface ProvidersProps {
  /** The nonce of the content security policy that came with this page. */
  nonce: string | undefined;
  /** How the operator calls the portal. */
  brand: string;
  children: ReactNode;
}

/** What every page needs around it: the theme and the toasts. */
export function Providers({ nonce, brand, children }: ProvidersProps) {
  return (
    <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce ? { nonce } : {})}>
      <BrandProvider brand={brand}>
        <ToastProvider>{children}</ToastProvider>
      </BrandProvider>
    </ThemeProvider>
  );
}
