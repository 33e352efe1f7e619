"use client";

import type { ReactNode } from "react";
import { useLoadedLater } from "@/components/ui/use-loaded-later";
import type { PolledBucketsProps } from "@/components/usage/buckets/polled-buckets";

const loadPolled = async () => (await import("@/components/usage/buckets/polled-buckets")).PolledBuckets;

/** The buckets of a page. They refresh themselves. Until the first refresh `children` shows what came with the page. */
export function LiveBuckets({ children, ...props }: PolledBucketsProps & { children: ReactNode }) {
  const Polled = useLoadedLater(loadPolled);
  return Polled ? <Polled {...props} /> : children;
}
