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
  /** To the second, where the order of things in a minute matters. */
  exact?: boolean;
}

/** A moment in the reader's own time zone; in UTC, and said so, until the browser has told which that is. */
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
