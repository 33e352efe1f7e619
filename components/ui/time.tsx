"use client";

import { useLocalText } from "@/components/ui/use-local-text";

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

/** A moment in the time zone of the reader. */
export function Time({ iso, exact = false }: TimeProps) {
  const text = useLocalText(new Date(iso), exact ? { ...FORMAT, second: "2-digit" } : FORMAT);
  return (
    <time dateTime={iso} title={iso} className="tabular whitespace-nowrap">
      {text}
    </time>
  );
}
