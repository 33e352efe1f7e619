"use client";

import { useClock } from "@/components/ui/use-clock";

interface TimeProps {
  iso: string;
  /** Shows the seconds too. */
  exact?: boolean;
}

/** A moment in the time zone of the reader. */
export function Time({ iso, exact = false }: TimeProps) {
  const { day, month, year, hour, minute, second, isUtc } = useClock(iso);
  const time = exact ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
  return (
    <time dateTime={iso} title={iso} className="tabular whitespace-nowrap">
      {`${day} ${month} ${year}, ${time}${isUtc ? " UTC" : ""}`}
    </time>
  );
}
