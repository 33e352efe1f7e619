"use client";

import { useSyncExternalStore } from "react";

const subscribe = () => () => undefined;

/**
 * A moment as text in the time zone of the reader. The server does not know the zone: it writes UTC, with the word where
 * the format has hours.
 */
export function useLocalText(date: Date, format: Intl.DateTimeFormatOptions): string {
  return useSyncExternalStore(
    subscribe,
    () => new Intl.DateTimeFormat("en-GB", format).format(date),
    () => {
      const text = new Intl.DateTimeFormat("en-GB", { ...format, timeZone: "UTC" }).format(date);
      return format.hour ? `${text} UTC` : text;
    },
  );
}
