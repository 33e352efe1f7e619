"use client";

import type { ReactNode } from "react";
import { LoadedLater } from "@/components/ui/loaded-later";
import type { PolledBucketsProps } from "@/components/usage/buckets/polled-buckets";

const loadPolled = async () => (await import("@/components/usage/buckets/polled-buckets")).PolledBuckets;

/** The buckets of a page. They refresh themselves. Until the first refresh `children` shows what came with the page. */
export function LiveBuckets({ children, ...props }: PolledBucketsProps & { children: ReactNode }) {
  return (
    <LoadedLater load={loadPolled} props={props}>
      {children}
    </LoadedLater>
  );
}
