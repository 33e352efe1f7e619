"use client";

import { useSyncExternalStore } from "react";

const subscribe = () => () => undefined;

const FORMAT: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
};

const inUtc = new Intl.DateTimeFormat("en-GB", { ...FORMAT, timeZone: "UTC" });

/** A moment in the reader's own time zone; in UTC, and said so, until the browser has told which that is. */
export function Time({ iso }: { iso: string }) {
  const date = new Date(iso);
  const text = useSyncExternalStore(
    subscribe,
    () => new Intl.DateTimeFormat("en-GB", FORMAT).format(date),
    () => `${inUtc.format(date)} UTC`,
  );
  return (
    <time dateTime={iso} title={iso} className="tabular whitespace-nowrap">
      {text}
    </time>
  );
}
