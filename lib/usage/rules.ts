import type { BucketRow, BucketSort, HistoryRange } from "@/lib/usage/schema";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Figures that were asked for this long ago are asked for anew when a person looks at them. Milliseconds. */
export const FRESH_MS = 60_000;
/** For so many days every hour of the history is kept. */
export const HOURLY_DAYS = 32;
/** For so many days, which are 13 months, one sample of each day is kept. */
export const DAILY_DAYS = 396;

const floorTo = (time: Date, stepMs: number) => new Date(Math.floor(time.getTime() / stepMs) * stepMs);

/** The begin of the hour, in UTC. */
export const hourOf = (time: Date): Date => floorTo(time, HOUR_MS);

/** The begin of the day, in UTC. */
export const dayOf = (time: Date): Date => floorTo(time, DAY_MS);

/**
 * When the figures of a principal are collected next. Every principal has a moment of its own in each hour, so that a
 * storage system is not asked for all of them at once.
 */
export function nextCollection(principalId: string, now: Date): Date {
  // The end of the id is random.
  const offset = Number.parseInt(principalId.slice(-8), 16) % HOUR_MS;
  const begun = Math.floor((now.getTime() - offset) / HOUR_MS) * HOUR_MS + offset;
  return new Date(begun + HOUR_MS);
}

/** How far a range goes back, and for how long one of its points stands. None has many more than 120 points. */
const RANGES: Record<HistoryRange, { spanMs: number; stepMs: number }> = {
  "24h": { spanMs: DAY_MS, stepMs: HOUR_MS },
  "30d": { spanMs: 30 * DAY_MS, stepMs: 6 * HOUR_MS },
  "13mo": { spanMs: DAILY_DAYS * DAY_MS, stepMs: 4 * DAY_MS },
};

/** When a range of the history begins. */
export const beginOf = (range: HistoryRange, now: Date): Date => new Date(now.getTime() - RANGES[range].spanMs);

/** The last sample of each step of the range. The samples are those of one principal, oldest first. */
export function pickPoints<Sample extends { takenAt: Date }>(
  samples: readonly Sample[],
  range: HistoryRange,
): Sample[] {
  const { stepMs } = RANGES[range];
  const last = new Map(samples.map((sample) => [Math.floor(sample.takenAt.getTime() / stepMs), sample]));
  return [...last.values()];
}

/** Sorts buckets of several regions as the database sorts those of one: equal values by name, equal names by region. */
export function compareBuckets(sort: BucketSort, order: "asc" | "desc") {
  const sign = order === "asc" ? 1 : -1;
  return (one: BucketRow, other: BucketRow): number =>
    sign *
    (compareValues(one[sort], other[sort], sort) ||
      compareTexts(one.name, other.name) ||
      compareTexts(one.region, other.region));
}

function compareValues(one: string | number, other: string | number, sort: BucketSort): number {
  if (sort === "bytes") return Number(BigInt(one) - BigInt(other));
  if (sort === "objects") return Number(one) - Number(other);
  return compareTexts(String(one), String(other));
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
