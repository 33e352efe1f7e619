import { expect, test } from "vitest";
import { decideOverlapEnd } from "@/lib/access-keys/lifecycle/overlap";

const now = new Date("2026-01-01T12:00:00Z");
const at = (text: string) => new Date(`2026-01-01T${text}:00Z`);
const HOUR = 3_600;

test.each([
  ["no overlap", { state: "ACTIVE", expiresAt: null }, null, undefined],
  ["an hour", { state: "ACTIVE", expiresAt: null }, HOUR, at("13:00")],
  ["an hour, before the old key's date", { state: "ACTIVE", expiresAt: at("14:00") }, HOUR, at("13:00")],
  ["an hour, cut by the old key's date", { state: "ACTIVE", expiresAt: at("12:30") }, HOUR, at("12:30")],
  ["an hour of a key past its date", { state: "ACTIVE", expiresAt: at("12:00") }, HOUR, undefined],
  ["an hour more of a retiring key", { state: "RETIRING", expiresAt: null }, HOUR, at("13:00")],
  ["an hour of a key that is switched off", { state: "INACTIVE", expiresAt: null }, HOUR, undefined],
  ["an hour of an expired key", { state: "EXPIRED", expiresAt: at("11:00") }, HOUR, undefined],
] as const)("%s", (_case, old, overlapSeconds, end) => {
  expect(decideOverlapEnd(old, overlapSeconds, now)).toEqual(end);
});
