"use client";

import { useClock } from "@/components/ui/use-clock";
import type { HistoryRange } from "@/lib/usage/schema";

/**
 * A moment at the time axis, in the time zone of the reader. What the server writes for UTC has to be short: on a phone
 * there are 50 px for a moment.
 */
export function TickLabel({ iso, range }: { iso: string; range: HistoryRange }) {
  const { year, month, day, hour, minute, isUtc } = useClock(iso);
  switch (range) {
    case "24h":
      return `${hour}:${minute}${isUtc ? "Z" : ""}`;
    case "30d":
      return `${day} ${month}`;
    case "13mo":
      return `${month} ${year}`;
  }
}
