import type { Calibration, Measurement } from "@/lib/providers/calibration";

/** How often a gateway is asked after a removal. Milliseconds. */
export const MEASURE_PAUSE_MS = 1_000;

/** How often a gateway is asked that accepts a removed key even after its bound. Milliseconds. */
export const OVERDUE_PAUSE_MS = 10_000;

/** How long past its bound a gateway is measured once a second. Milliseconds. */
export const MEASURE_GRACE_MS = 2_000;

/**
 * A measurement that nobody has written to for this long has lost its process, and with it the pair: the longest pause,
 * a gateway's deadline of 8 s, and 17 s more for a database that is slow. Milliseconds.
 */
const MEASURER_LOST_MS = OVERDUE_PAUSE_MS + 25_000;

/** Until when gateways are measured once a second: the region's bound and the grace after the removal was proved. */
export function measureUntil(removedAt: Date, revocationBoundMs: number): Date {
  return new Date(removedAt.getTime() + revocationBoundMs + MEASURE_GRACE_MS);
}

export const UNMEASURABLE = {
  /** The gateway answers alike, and there is no way to the pair. */
  none: "it answers to a removed key as to a wrong secret",
  /** The pair was in the memory of a process that is gone. */
  lost: "the pair to measure with was lost when a process was interrupted",
  /** The region was changed meanwhile. */
  unlisted: "it is not among the region's gateways any more",
} as const;

/** What can be done about one gateway now. */
export type NextMeasurement = Measurement | "untried" | "someone-else" | "lost";

/**
 * How a gateway's refusal is measured on by this process: with the pair where it has it, with the id alone where that
 * tells, or not: because it is not known yet how it answers, because another process has the pair and measures, or
 * because nobody can.
 */
export function decideMeasurement(
  receipt: { endpoint: string; askedAt: Date | null },
  { calibration, hasSecret, now }: { calibration: Calibration; hasSecret: boolean; now: Date },
): NextMeasurement {
  const known = calibration[receipt.endpoint];
  if (known === "random-secret") return known;
  if (hasSecret) return "real-secret";
  if (known === undefined) return "untried";
  if (known === "none") return known;
  const measured = receipt.askedAt && now.getTime() - receipt.askedAt.getTime() < MEASURER_LOST_MS;
  return measured ? "someone-else" : "lost";
}
