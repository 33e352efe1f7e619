import { expect, test } from "vitest";
import { type AdjustableKey, type Adjustment, decideAdjustment, hasPassed } from "@/lib/access-keys/lifecycle/rules";
import type { KeyState } from "@/lib/access-keys/rules";

const now = new Date("2026-01-01T12:00:00Z");
const later = new Date("2026-02-01T00:00:00Z");
const earlier = new Date("2025-12-31T00:00:00Z");
const DEACTIVATE: Adjustment = { kind: "DEACTIVATE" };
const ACTIVATE: Adjustment = { kind: "ACTIVATE" };
const until = (expiresAt: Date | null): Adjustment => ({ kind: "SET_EXPIRATION", expiresAt });
const key = (state: KeyState, expiresAt: Date | null = null): AdjustableKey => ({ state, expiresAt });

test.each<[string, Adjustment, AdjustableKey | undefined, object]>([
  ["switches an active key off", DEACTIVATE, key("ACTIVE"), { switchTo: "inactive", event: "deactivate" }],
  ["keeps the date of a key that it switches off", DEACTIVATE, key("ACTIVE", later), { switchTo: "inactive" }],
  ["switches a key on", ACTIVATE, key("INACTIVE"), { switchTo: "active", event: "activate" }],
  ["switches a key on before its date", ACTIVATE, key("INACTIVE", later), { switchTo: "active" }],
  ["gives an active key a date, and nothing else", until(later), key("ACTIVE"), { expiresAt: later }],
  ["gives an inactive key a date, and leaves it off", until(later), key("INACTIVE"), { expiresAt: later }],
  ["clears a date", until(null), key("ACTIVE", later), { expiresAt: null }],
  ["revives by a later date", until(later), key("EXPIRED", earlier), { expiresAt: later, event: "revive" }],
  ["revives by no date", until(null), key("EXPIRED", earlier), { expiresAt: null, event: "revive" }],
])("it %s", (_what, adjustment, found, plan) => {
  expect(decideAdjustment(adjustment, found, { switches: true }, now)).toMatchObject({ ok: true, plan });
});

test("a date alone switches nothing, and a switch alone has no date", () => {
  expect(decideAdjustment(until(later), key("INACTIVE"), { switches: true }, now)).toEqual({
    ok: true,
    plan: { expiresAt: later },
  });
  const off = decideAdjustment(DEACTIVATE, key("ACTIVE", later), { switches: true }, now);
  expect(off.ok && "expiresAt" in off.plan).toBe(false);
});

test.each<[string, Adjustment, AdjustableKey | undefined, boolean, string]>([
  ["without a key", DEACTIVATE, undefined, true, "not-enabled"],
  ["where a key cannot be switched", DEACTIVATE, key("ACTIVE"), false, "cannot-switch"],
  ["where a key cannot be switched on", ACTIVATE, key("INACTIVE"), false, "cannot-switch"],
  ["twice", DEACTIVATE, key("INACTIVE"), true, "not-active"],
  ["of an expired key", DEACTIVATE, key("EXPIRED"), true, "not-active"],
  ["on of an active key", ACTIVATE, key("ACTIVE"), true, "not-inactive"],
  ["on of an expired key", ACTIVATE, key("EXPIRED", earlier), true, "date-passed"],
  ["on past the date, before the worker came", ACTIVATE, key("INACTIVE", now), true, "date-passed"],
  ["to a date that has passed", until(earlier), key("ACTIVE"), true, "date-too-early"],
  ["to a date within the next minute", until(new Date(now.getTime() + 60_000)), key("EXPIRED"), true, "date-too-early"],
])("a change %s is refused", (_what, adjustment, found, switches, reason) => {
  expect(decideAdjustment(adjustment, found, { switches }, now)).toEqual({ ok: false, reason });
});

test("a date has passed from its own moment on", () => {
  expect(hasPassed(now, now)).toBe(true);
  expect(hasPassed(new Date(now.getTime() + 1), now)).toBe(false);
  expect(hasPassed(null, now)).toBe(false);
});

test.each<[string, Adjustment, AdjustableKey, boolean]>([
  ["switched on", ACTIVATE, key("INACTIVE"), false],
  ["revived", until(later), key("EXPIRED", earlier), false],
  ["switched off", DEACTIVATE, key("ACTIVE"), true],
  ["given a date", until(later), key("ACTIVE"), true],
])("in a region that the project cannot use a key is %s: %j", (_what, adjustment, found, allowed) => {
  for (const closure of ["region-disabled", "region-closed"] as const) {
    const decision = decideAdjustment(adjustment, found, { switches: true, closure }, now);
    expect(decision.ok ? undefined : decision.reason).toBe(allowed ? undefined : closure);
  }
});
