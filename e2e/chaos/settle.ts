import { setTimeout as pause } from "node:timers/promises";

/** A write that a network held back arrives up to 9 s late: only what stays settled is. */
const CLEAN_FOR_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

export interface Settling {
  /** Whether nothing is left to be done. One that throws has not seen that: a storage system may be starting. */
  look: () => Promise<boolean>;
  /** Milliseconds since the epoch. */
  until: number;
  now: () => number;
  pause: (ms: number) => Promise<unknown>;
}

/**
 * Waits for two clean looks that are 10 s apart, without another between them, and says when the first was. Undefined
 * when none came by `until`; what is left then the check finds.
 */
export async function settle({ look, until, now, pause }: Settling): Promise<number | undefined> {
  let cleanSince: number | undefined;
  while (cleanSince !== undefined || now() < until) {
    const looked = now();
    if (!(await look().catch(() => false))) cleanSince = undefined;
    else {
      cleanSince ??= looked;
      if (looked - cleanSince >= CLEAN_FOR_MS) return cleanSince;
    }
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

/** With the real clock. */
export function settleBy(until: number, look: Settling["look"]): Promise<number | undefined> {
  return settle({ look, until, now: Date.now, pause });
}
