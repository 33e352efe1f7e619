import { Failure } from "@/lib/cli/failure";

const HOUR_MS = 60 * 60 * 1_000;
const UNITS: Record<string, number> = { h: HOUR_MS, d: 24 * HOUR_MS };

/** When a key is to expire: a date or time in ISO 8601 as it is, or from now on, such as 12h or 90d. */
export function readExpiration(text: string, now: Date): string {
  const [, count, unit = ""] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  return count === undefined ? text : new Date(now.getTime() + Number(count) * (UNITS[unit] ?? 0)).toISOString();
}

const OVERLAPS: ReadonlyMap<string, number> = new Map([
  ["1h", 3_600],
  ["1d", 86_400],
  ["7d", 604_800],
]);

/** For how long the old key is kept: 1h, 1d or 7d. Seconds. */
export function readOverlap(text: string): number {
  const seconds = OVERLAPS.get(text);
  if (seconds !== undefined) return seconds;
  throw new Failure("usage", `The old key can be kept for ${[...OVERLAPS.keys()].join(", ")}. Nothing was changed.`);
}

/** A short-lived key lasts for so many hours at most. */
export const HOURS_MAX = 24;

/** For how long a short-lived key is to last. Hours. */
export function readHours(text: string): number {
  const hours = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (hours >= 1 && hours <= HOURS_MAX) return hours;
  throw new Failure("usage", `Give the hours as a whole number from 1 to ${HOURS_MAX}. Nothing was changed.`);
}
