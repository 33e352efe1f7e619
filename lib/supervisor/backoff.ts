const FIRST_MS = 500;
const LAST_MS = 30_000;
/** Whoever ran this long before it died is taken to have been well. */
const WELL_AFTER_MS = 60_000;

/** How long to wait before a program is started again that died for the `failures`-th time in a row. */
export function delayBeforeRestart(failures: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}

/** How many failures in a row there are after a program died that ran for `ranMs`. */
export function countFailures(before: number, ranMs: number): number {
  return ranMs >= WELL_AFTER_MS ? 1 : before + 1;
}
