"use client";

import { createContext, type ReactNode, use } from "react";

const Brand = createContext("Latchkey");

/** Tells what is inside how the operator calls the portal. */
export function BrandProvider({ brand, children }: { brand: string; children: ReactNode }) {
  return <Brand value={brand}>{children}</Brand>;
}

/** How the operator calls the portal. */
export const useBrand = (): string => use(Brand);

/** The name in a line of text. */
export function BrandName() {
  return <bdi>{useBrand()}</bdi>;
}
