"use client";

import { useLocalText } from "@/components/ui/use-local-text";
import type { HistoryRange } from "@/lib/usage/schema";

const FORMATS: Record<HistoryRange, Intl.DateTimeFormatOptions> = {
  "24h": { hour: "2-digit", minute: "2-digit", hour12: false },
  "30d": { day: "numeric", month: "short" },
  "13mo": { month: "short", year: "numeric" },
};

/**
 * A moment at the time axis, in the time zone of the reader. What the server writes for UTC has to be short: on a phone
 * there are 50 px for a moment.
 */
export function TickLabel({ iso, range }: { iso: string; range: HistoryRange }) {
  return useLocalText(new Date(iso), FORMATS[range]).replace(" UTC", "Z");
}
