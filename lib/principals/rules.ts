/**
 * How long a lease lasts. Longer than everything that is done under one: a call's deadline is 8 s, and the steps of a
 * change under one lease are bounded to 25 s. Seconds.
 */
export const LEASE_SECONDS = 30;

/** How long all steps on the storage system under one lease may take together. Milliseconds. */
export const LEASE_WORK_MS = 25_000;

/** How often a lease is renewed while its work goes on. Milliseconds. */
export const LEASE_RENEWAL_MS = 10_000;

/** How old the answer may be that says that a lease stands. Milliseconds. */
export const LEASE_ANSWER_MAX_AGE_MS = 1_000;

/** How long a change waits for a lease that another holds, and how often it asks. Milliseconds. */
export const LEASE_WAIT_MS = 5_000;
export const LEASE_RETRY_MS = 150;

export interface LeaseFacts {
  leaseUntil: Date | null;
  leaseLabel: string | null;
}

/** Who holds the lease at this time, in words that a person may read. Undefined when it is free. */
export function readLeaseHolder({ leaseUntil, leaseLabel }: LeaseFacts, now: Date): string | undefined {
  if (leaseUntil === null || leaseUntil <= now) return undefined;
  return leaseLabel ?? "Someone";
}
