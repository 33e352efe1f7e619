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

interface TimeProps {
  iso: string;
  /** Shows the seconds too. */
  exact?: boolean;
}

/** A moment in the time zone of the reader. The server does not know the zone: it writes UTC, with the word. */
export function Time({ iso, exact = false }: TimeProps) {
  const date = new Date(iso);
  const format = exact ? { ...FORMAT, second: "2-digit" as const } : FORMAT;
  const text = useSyncExternalStore(
    subscribe,
    () => new Intl.DateTimeFormat("en-GB", format).format(date),
    () => `${new Intl.DateTimeFormat("en-GB", { ...format, timeZone: "UTC" }).format(date)} UTC`,
  );
  return (
    <time dateTime={iso} title={iso} className="tabular whitespace-nowrap">
      {text}
    </time>
  );
}
