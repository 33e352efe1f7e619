/** How often a gateway is asked after a removal. Milliseconds. */
export const MEASURE_PAUSE_MS = 1_000;

/** How long past its bound a gateway is measured in one go before the job ends and is tried again. Milliseconds. */
export const MEASURE_GRACE_MS = 2_000;

/** Until when one run measures: the region's bound and the grace after the removal was proved. */
export function measureUntil(removedAt: Date, revocationBoundMs: number): Date {
  return new Date(removedAt.getTime() + revocationBoundMs + MEASURE_GRACE_MS);
}
