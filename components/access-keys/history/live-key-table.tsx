"use client";

import type { ReactNode } from "react";
import type { LiveKeyTableProps } from "@/components/access-keys/history/polled-key-table";
import { LoadedLater } from "@/components/ui/loaded-later";

const loadPolled = async () => (await import("@/components/access-keys/history/polled-key-table")).PolledKeyTable;

/** The key table of a page. It refreshes itself. Until the first refresh `children` shows what came with the page. */
export function LiveKeyTable({ children, ...props }: LiveKeyTableProps & { children: ReactNode }) {
  return (
    <LoadedLater load={loadPolled} props={props}>
      {children}
    </LoadedLater>
  );
}
