import { expect, test } from "vitest";
import { countFailures, delayBeforeRestart } from "@/lib/supervisor/backoff";

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [7, 30_000],
  [1_000, 30_000],
])("the %i. failure in a row waits %i ms", (failures, expected) => {
  expect(delayBeforeRestart(failures)).toBe(expected);
});

test.each([
  ["died young", 3, 59_999, 4],
  ["ran well", 3, 60_000, 1],
])("%s", (_case, before, ranMs, expected) => {
  expect(countFailures(before, ranMs)).toBe(expected);
});
