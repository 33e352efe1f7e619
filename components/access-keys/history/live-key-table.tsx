"use client";

import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import type { LiveKeyTableProps } from "@/components/access-keys/history/polled-key-table";

/** When the table is refreshed for the first time. Milliseconds. */
const FIRST_REFRESH_MS = 5_000;

/**
 * The key table of a page. It refreshes itself. What that needs is loaded when the first refresh is due: until then
 * `children` shows what came with the page.
 */
export function LiveKeyTable({ children, ...props }: LiveKeyTableProps & { children: ReactNode }) {
  const [Polled, setPolled] = useState<ComponentType<LiveKeyTableProps>>();

  useEffect(() => {
    const load = async () => {
      const { PolledKeyTable } = await import("@/components/access-keys/history/polled-key-table");
      setPolled(() => PolledKeyTable);
    };
    // Without it the page stays as it came.
    const timer = setTimeout(() => void load().catch(() => undefined), FIRST_REFRESH_MS);
    return () => clearTimeout(timer);
  }, []);

  return Polled ? <Polled {...props} /> : children;
}
