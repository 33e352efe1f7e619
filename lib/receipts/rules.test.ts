import { expect, test } from "vitest";
import type { Measurement } from "@/lib/providers/calibration";
import { decideMeasurement, isMeasurementDue, type NextMeasurement } from "@/lib/receipts/rules";

const now = new Date("2026-01-01T12:00:00Z");
const recently = new Date("2026-01-01T11:59:26Z");
const longAgo = new Date("2026-01-01T11:59:24Z");
const endpoint = "http://gateway";

test.each<[string, Measurement | undefined, boolean, Date | null, NextMeasurement]>([
  ["refuses by the id, in a process without the secret", "random-secret", false, longAgo, "random-secret"],
  ["refuses by the id, in a process with the secret", "random-secret", true, null, "random-secret"],
  ["needs the real secret, in a process with the secret", "real-secret", true, null, "real-secret"],
  ["was never tried, in a process with the secret", undefined, true, null, "real-secret"],
  ["was never tried, in a process without the secret", undefined, false, longAgo, "untried"],
  ["another process measures", "real-secret", false, recently, "someone-else"],
  ["a process that ended has measured", "real-secret", false, longAgo, "lost"],
  ["no process has asked", "real-secret", false, null, "lost"],
  ["gives one answer to both, in a process without the secret", "none", false, null, "none"],
])("the next measurement of a gateway that %s", (_name, known, hasSecret, askedAt, expected) => {
  const calibration: Record<string, Measurement> = known ? { [endpoint]: known } : {};
  expect(decideMeasurement({ endpoint, askedAt }, { calibration, hasSecret, now })).toBe(expected);
});

test.each<[string, number | null, number, boolean]>([
  ["was never asked", null, 60_000, true],
  ["was asked a moment ago", 900, 500, false],
  ["was asked a second ago", 1_000, 1_500, true],
  ["was asked a second ago, after the bound", 1_000, 60_000, false],
  ["was asked ten seconds ago, after the bound", 10_000, 60_000, true],
])("a gateway that %s", (_name, askedMsAgo, removedMsAgo, expected) => {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const receipt = { askedAt: askedMsAgo === null ? null : ago(askedMsAgo), removedAt: ago(removedMsAgo) };
  expect(isMeasurementDue(receipt, { revocationBoundMs: 1_000, now })).toBe(expected);
});
