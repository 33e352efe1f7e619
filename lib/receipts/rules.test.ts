import { expect, test } from "vitest";
import type { Measurement } from "@/lib/providers/calibration";
import { decideMeasurement, type NextMeasurement } from "@/lib/receipts/rules";

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
