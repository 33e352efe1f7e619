import type { Calibration, Measurement } from "@/lib/providers/calibration";

/** The interval between requests to a gateway after a removal. Milliseconds. */
export const MEASURE_PAUSE_MS = 1_000;

/** The interval between requests to a gateway that accepts a removed key after its bound. Milliseconds. */
export const OVERDUE_PAUSE_MS = 10_000;

/** After its bound, a gateway is measured once a second for this time. Milliseconds. */
export const MEASURE_GRACE_MS = 2_000;

/**
 * After this time without an entry, the process that measured has ended, and the secret in its memory is lost. The time
 * is the longest interval, a gateway's deadline of 8 s, and 17 s more for a slow database. Milliseconds.
 */
const MEASURER_LOST_MS = OVERDUE_PAUSE_MS + 25_000;

/** The end of the measurements once a second: the proved removal, plus the region's bound, plus the grace. */
export function measureUntil(removedAt: Date, revocationBoundMs: number): Date {
  return new Date(removedAt.getTime() + revocationBoundMs + MEASURE_GRACE_MS);
}

/**
 * Whether a gateway is to be asked about a removed key now: once a second, and less often after the bound and its grace.
 */
export function isMeasurementDue(
  { askedAt, removedAt }: { askedAt: Date | null; removedAt: Date },
  { revocationBoundMs, now }: { revocationBoundMs: number; now: Date },
): boolean {
  if (askedAt === null) return true;
  const pauseMs = now < measureUntil(removedAt, revocationBoundMs) ? MEASURE_PAUSE_MS : OVERDUE_PAUSE_MS;
  return now.getTime() - askedAt.getTime() >= pauseMs;
}

/** Why a gateway cannot be measured, as people read it after the gateway's name. */
export const UNMEASURABLE = {
  /** The gateway gives one answer to both, and the storage system does not return the secret. */
  none: "it gives the same answer to a removed key and to a wrong secret",
  /** The secret was in the memory of a process that has ended. */
  lost: "the secret for the measurement was lost when a process was interrupted",
  /** The region was changed during the measurement. */
  unlisted: "it is no longer a gateway of the region",
} as const;

export interface Evaluation {
  /**
   * Whether the measurement is over: each gateway has refused the key, or cannot be measured and the bound has passed.
   */
  over: boolean;
  /** The names of the gateways that cannot be measured, so that the time of their refusal is unknown. */
  unmeasured: string[];
}

/**
 * Evaluates all measurements of a removed key together. `unrefused` are the receipts without a refusal.
 */
export function evaluateRefusal(
  unrefused: readonly { gateway: string; unmeasurable: string | null }[],
  { removedAt, revocationBoundMs, now }: { removedAt: Date; revocationBoundMs: number; now: Date },
): Evaluation {
  const waiting = unrefused.filter(({ unmeasurable }) => unmeasurable === null).length;
  const unmeasured = unrefused.filter(({ unmeasurable }) => unmeasurable !== null).map(({ gateway }) => gateway);
  const boundPassed = now.getTime() >= removedAt.getTime() + revocationBoundMs;
  return { over: waiting === 0 && (unmeasured.length === 0 || boundPassed), unmeasured };
}

/** How to measure a gateway now, or why this process cannot. */
export type NextMeasurement = Measurement | "untried" | "someone-else" | "lost";

/**
 * Decides how this process measures a gateway's refusal next. `random-secret`: with the id alone, because the gateway
 * answers differently to an unknown id and to a wrong secret. `real-secret`: with the secret, which this process has.
 * Otherwise the process cannot measure. `untried`: no process has tried the gateway yet. `someone-else`: another
 * process has the secret and measures. `lost`: that process has ended. `none`: the calibration found no way to measure
 * it.
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
