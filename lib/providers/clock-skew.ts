import { ProviderError } from "@/lib/providers/errors";

/** Storage systems refuse signatures from 15 minutes on; a third of that is time to set a clock right. Milliseconds. */
const SKEW_MAX_MS = 300_000;

/** Throws when the storage system's clock, by so many milliseconds ahead of ours, soon makes signatures invalid. */
export function expectClock(aheadMs: number): void {
  if (Math.abs(aheadMs) > SKEW_MAX_MS) throw toSkewFailure(aheadMs);
}

export function toSkewFailure(aheadMs: number): ProviderError {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  return new ProviderError("denied", `the storage system's clock is ${seconds} s ${direction} the portal's`);
}
