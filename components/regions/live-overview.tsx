"use client";

import type { ReactNode } from "react";
import type { PolledOverviewProps } from "@/components/regions/polled-overview";
import { LoadedLater } from "@/components/ui/loaded-later";

const loadPolled = async () => (await import("@/components/regions/polled-overview")).PolledOverview;

/** The overview of a page. It refreshes its figures. Until the first refresh `children` shows what came with the page. */
export function LiveOverview({ children, ...props }: PolledOverviewProps & { children: ReactNode }) {
  return (
    <LoadedLater load={loadPolled} props={props}>
      {children}
    </LoadedLater>
  );
}
