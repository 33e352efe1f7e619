"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { BrandProvider } from "@/components/layout/brand";
import { ToastProvider } from "@/components/ui/toasts";

// To check faster, zod tries whether it may compile code. The policy of the pages forbids that, and browsers report it.
// zod's own config() would be part of each page's first load. It writes this object, which zod reads when it is loaded.
if (typeof window !== "undefined") Object.assign(window, { __zod_globalConfig: { jitless: true } });

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
