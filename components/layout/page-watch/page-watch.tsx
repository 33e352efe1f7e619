"use client";

import { LoadedLater } from "@/components/ui/loaded-later";
import type { PageState } from "@/components/layout/page-watch/page-state";

const loadBanner = async () => (await import("@/components/layout/page-watch/page-banner")).PageBanner;

/** Tells a person that the page on the screen is out of date: offline, signed out, or from another version. */
export function PageWatch({ state }: { state: PageState }) {
  return (
    <LoadedLater load={loadBanner} props={{ state }}>
      {null}
    </LoadedLater>
  );
}
