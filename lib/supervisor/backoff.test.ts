import { expect, test } from "vitest";
import { countFailures, delayBeforeRestart } from "@/lib/supervisor/backoff";

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [7, 30_000],
  [1_000, 30_000],
])("after %i failures in a row, the restart waits %i ms", (failures, expected) => {
  expect(delayBeforeRestart(failures)).toBe(expected);
});

test.each([
  ["a run shorter than 60 s adds to the failures in a row", 3, 59_999, 4],
  ["a run of 60 s starts the count again", 3, 60_000, 1],
])("%s", (_case, before, ranMs, expected) => {
  expect(countFailures(before, ranMs)).toBe(expected);
});
