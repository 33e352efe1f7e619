"use client";

import type { ReactNode } from "react";
import { BrandProvider } from "@/components/layout/brand";
import { ToastProvider } from "@/components/ui/toasts";

interface ProvidersProps {
  /** How the operator calls the portal. */
  brand: string;
  children: ReactNode;
}

/** What every page needs around it: the name of the portal and the toasts. */
export function Providers({ brand, children }: ProvidersProps) {
  return (
    <BrandProvider brand={brand}>
      <ToastProvider>{children}</ToastProvider>
    </BrandProvider>
  );
}
