"use client";

import { useSyncExternalStore } from "react";
import { type Clock, readClock, readUtcClock } from "@/components/ui/clock";

const subscribe = () => () => undefined;

/**
 * A moment in the time zone of the reader. The server does not know the zone: it writes UTC, and so does the browser until
 * the scripts of the page run.
 */
export function useClock(iso: string): Clock & { isUtc: boolean } {
  const isUtc = useSyncExternalStore(
    subscribe,
    () => false,
    () => true,
  );
  const date = new Date(iso);
  return { ...(isUtc ? readUtcClock(date) : readClock(date)), isUtc };
}
