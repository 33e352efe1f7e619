import { expect, test } from "vitest";
import { isSessionLive, isTouchDue } from "@/lib/sessions/rules";

const start = Date.parse("2026-01-01T08:00:00Z");
const minute = 60_000;
const session = (lastSeenMinutes: number, revoked = false) => ({
  expiresAt: new Date(start + 12 * 60 * minute),
  lastSeenAt: new Date(start + lastSeenMinutes * minute),
  revokedAt: revoked ? new Date(start) : null,
});

test.each([
  ["just signed in", session(0), 0, true],
  ["29 idle minutes", session(0), 29, true],
  ["30 idle minutes", session(0), 30, false],
  ["busy until the 12th hour", session(719), 719.9, true],
  ["busy past the 12th hour", session(719), 720, false],
  ["signed out", session(0, true), 0, false],
])("%s", (_name, times, minutes, live) => {
  expect(isSessionLive(times, new Date(start + minutes * minute))).toBe(live);
});

test("activity is written down once a minute", () => {
  expect(isTouchDue(session(0), new Date(start + 59_000))).toBe(false);
  expect(isTouchDue(session(0), new Date(start + 60_000))).toBe(true);
});
