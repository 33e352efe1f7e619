import { setTimeout } from "node:timers/promises";

/** A network fault delays a write by at most 9 s. What is settled for longer stays so. */
const SETTLED_FOR_MS = 10_000;
const CHECK_EVERY_MS = 1_000;

export interface Settling {
  /** Whether nothing is open. A rejection counts as "no": a storage system may be starting. */
  isSettled: () => Promise<boolean>;
  /** Milliseconds since the epoch. */
  until: number;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/**
 * Waits until everything has been settled for 10 s without a break, and returns the start of that time. Returns
 * undefined when nothing was settled by `until`; the checks then find what is open.
 */
export async function settle({ isSettled, until, now, wait }: Settling): Promise<number | undefined> {
  let settledSince: number | undefined;
  while (settledSince !== undefined || now() < until) {
    const checkedAt = now();
    if (!(await isSettled().catch(() => false))) settledSince = undefined;
    else {
      settledSince ??= checkedAt;
      if (checkedAt - settledSince >= SETTLED_FOR_MS) return settledSince;
    }
    await wait(CHECK_EVERY_MS);
  }
  return undefined;
}

/** The same with the real clock. */
export function settleBy(until: number, isSettled: Settling["isSettled"]): Promise<number | undefined> {
  return settle({ isSettled, until, now: Date.now, wait: setTimeout });
}
