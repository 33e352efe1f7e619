import { expect, test } from "vitest";
import { chooseScale, listTicks } from "@/components/usage/chart/axes";

const GIB = 1_024 ** 3;

test.each([
  [0, 1_000, [0, 1]],
  [3, 1_000, [0, 1, 2, 3]],
  [5, 1_000, [0, 2, 4, 6]],
  [1_950, 1_000, [0, 500, 1_000, 1_500, 2_000]],
  [5_000, 1_000, [0, 2_000, 4_000, 6_000]],
  [1_000_000, 1_000, [0, 500_000, 1_000_000]],
  [3.5 * GIB, 1_024, [0, GIB, 2 * GIB, 3 * GIB, 4 * GIB]],
  [900 * GIB, 1_024, [0, 500 * GIB, 1_000 * GIB]],
] as const)("a scale for %d in steps of base %d", (highest, base, ticks) => {
  expect(chooseScale(highest, base)).toEqual({ top: ticks.at(-1), ticks });
});

const NOW = new Date("2026-11-28T14:20:00Z");

test.each([
  ["24h", ["2026-11-28T12:00:00.000Z", "2026-11-28T06:00:00.000Z"]],
  ["30d", ["2026-11-21T12:00:00.000Z", "2026-11-14T12:00:00.000Z"]],
  ["13mo", ["2026-11-01T12:00:00.000Z", "2026-07-01T12:00:00.000Z"]],
] as const)("the time axis of %s", (range, ticks) => {
  const named = listTicks(range, NOW).map((tick) => tick.toISOString());
  expect(named.slice(0, 2)).toEqual(ticks);
  expect(named.length).toBeGreaterThanOrEqual(3);
  expect(named.length).toBeLessThanOrEqual(5);
});
