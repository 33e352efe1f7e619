import { expect, test } from "vitest";
import { evaluateClock } from "@/lib/cli/doctor/clock";

const THERE = Date.UTC(2027, 0, 1);
const evaluate = (beforeMs: number, afterMs: number) =>
  evaluateClock("clock", new Date(THERE).toUTCString(), new Date(THERE + beforeMs), new Date(THERE + afterMs)).result;

test.each([
  [0, 0, "ok"],
  [31_000, 31_000, "ok"],
  [31_001, 31_001, "warning"],
  [-30_000, -30_000, "ok"],
  [-30_001, -30_001, "warning"],
  [301_000, 301_000, "warning"],
  [301_001, 301_001, "failed"],
  [-300_001, -300_001, "failed"],
  // An answer that took long was made at any moment between the two.
  [-400_000, 0, "ok"],
  [0, 400_000, "ok"],
])("a clock that says %d ms before and %d ms after is %s", (before, after, result) => {
  expect(evaluate(before, after)).toBe(result);
});

test("an answer without a date, or with none that can be read, is no proof of anything", () => {
  for (const date of [null, "soon"])
    expect(evaluateClock("clock", date, new Date(), new Date()).result).toBe("skipped");
});
