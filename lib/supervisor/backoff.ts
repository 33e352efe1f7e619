const FIRST_MS = 500;
const LAST_MS = 30_000;
/** A program that ran this long before it died counts as healthy. */
const HEALTHY_AFTER_MS = 60_000;

/**
 * The delay before a restart after `failures` failures in a row. It doubles from 500 ms to at most 30 s. Milliseconds.
 */
export function delayBeforeRestart(failures: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}

/**
 * The number of failures in a row after one more failure: 1 when the program ran for 60 s or longer, else `before` + 1.
 */
export function countFailures(before: number, ranMs: number): number {
  return ranMs >= HEALTHY_AFTER_MS ? 1 : before + 1;
}
