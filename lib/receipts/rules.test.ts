import { expect, test } from "vitest";
import type { Measurement } from "@/lib/providers/calibration";
import { decideMeasurement, type NextMeasurement } from "@/lib/receipts/rules";

const now = new Date("2026-01-01T12:00:00Z");
const recently = new Date("2026-01-01T11:59:26Z");
const longAgo = new Date("2026-01-01T11:59:24Z");
const endpoint = "http://gateway";

test.each<[string, Measurement | undefined, boolean, Date | null, NextMeasurement]>([
  ["tells by the id, for whoever asks", "random-secret", false, longAgo, "random-secret"],
  ["tells by the id, even to whoever has the pair", "random-secret", true, null, "random-secret"],
  ["tells by the pair, to whoever has it", "real-secret", true, null, "real-secret"],
  ["was never tried, for whoever has the pair", undefined, true, null, "real-secret"],
  ["was never tried, without the pair", undefined, false, longAgo, "untried"],
  ["is being measured by another", "real-secret", false, recently, "someone-else"],
  ["was measured by a process that is gone", "real-secret", false, longAgo, "lost"],
  ["was asked by nobody who lives", "real-secret", false, null, "lost"],
  ["answers alike, without a way to the pair", "none", false, null, "none"],
])("a gateway that %s", (_name, known, hasSecret, askedAt, expected) => {
  const calibration: Record<string, Measurement> = known ? { [endpoint]: known } : {};
  expect(decideMeasurement({ endpoint, askedAt }, { calibration, hasSecret, now })).toBe(expected);
});
