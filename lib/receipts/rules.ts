import type { Calibration, Measurement } from "@/lib/providers/calibration";

/** How often a gateway is asked after a removal. Milliseconds. */
export const MEASURE_PAUSE_MS = 1_000;

/** How often a gateway is asked that accepts a removed key even after its bound. Milliseconds. */
export const OVERDUE_PAUSE_MS = 10_000;

/** How long past its bound a gateway is measured once a second. Milliseconds. */
export const MEASURE_GRACE_MS = 2_000;

/**
 * After this time without an entry, the process that measures is gone, and the secret with it: the longest pause, a
 * gateway's deadline of 8 s, and 17 s more for a slow database. Milliseconds.
 */
const MEASURER_LOST_MS = OVERDUE_PAUSE_MS + 25_000;

/** Until when gateways are measured once a second: the region's bound and the grace after the removal was proved. */
export function measureUntil(removedAt: Date, revocationBoundMs: number): Date {
  return new Date(removedAt.getTime() + revocationBoundMs + MEASURE_GRACE_MS);
}

export const UNMEASURABLE = {
  /** The gateway gives one answer to both, and the storage system does not tell the secret. */
  none: "it answers to a removed key as to a wrong secret",
  /** The secret was in the memory of a process that is gone. */
  lost: "the pair to measure with was lost when a process was interrupted",
  /** The region was changed meanwhile. */
  unlisted: "it is not among the region's gateways any more",
} as const;

export interface Evaluation {
  /** Nothing more to wait for: every gateway has refused the key, or cannot be measured and its bound has passed. */
  over: boolean;
  /** The names of the gateways of which nobody knows when they refused the key. */
  unmeasured: string[];
}

/**
 * What all measurements of a removed key's refusal together say now. `unrefused`: the receipts that tell no refusal.
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

/** What can be done about one gateway now. */
export type NextMeasurement = Measurement | "untried" | "someone-else" | "lost";

/**
 * How this process goes on to measure a gateway's refusal: with the secret where it has it, or with the id alone where
 * the gateway tells an unknown id from a wrong secret. Otherwise why not: nobody has tried the gateway yet
 * (`untried`), another process has the secret and measures (`someone-else`), that process is gone (`lost`), or nobody
 * can measure the gateway (`none`).
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
