import { ProviderError } from "@/lib/providers/errors";

/**
 * Storage systems refuse a signature whose time is 15 minutes off. A third of that leaves time to act. Milliseconds.
 */
const SKEW_MAX_MS = 300_000;

/** The step of a check that looks at the clock. */
export const CLOCK_STEP = {
  step: "clock",
  passed: "the storage system's clock agrees with the portal's",
  remedy: "set both clocks with NTP; signatures fail when they differ by 15 minutes",
} as const;

/** Throws when the storage system's clock, which is `aheadMs` ahead of ours, is so far off that signatures may fail. */
export function assertClock(aheadMs: number): void {
  if (Math.abs(aheadMs) > SKEW_MAX_MS) throw toSkewFailure(aheadMs);
}

/** The error for a storage system whose clock is `aheadMs` ahead of ours (negative: behind). */
export function toSkewFailure(aheadMs: number): ProviderError {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  return new ProviderError("denied", `the storage system's clock is ${seconds} s ${direction} the portal's`);
}
