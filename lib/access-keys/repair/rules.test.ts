import { expect, test } from "vitest";
import { findNewUse } from "@/lib/access-keys/repair/rules";

const at = (time: string) => new Date(`2026-11-28T${time}:00Z`);

test.each([
  ["never used", at("09:00"), null, undefined, undefined],
  ["used once", at("09:00"), null, at("10:00"), at("10:00")],
  ["used again", at("09:00"), at("10:00"), at("11:00"), at("11:00")],
  ["not used again", at("09:00"), at("10:00"), at("10:00"), undefined],
  ["told an earlier time, by a storage system that was restored", at("09:00"), at("10:00"), at("09:30"), undefined],
  ["verified by the portal only", at("09:00"), null, at("09:00"), undefined],
  ["used before an acknowledgement that is not known", null, null, at("08:00"), at("08:00")],
])("%s", (_case, activatedAt, lastUsedAt, usedAt, newUse) => {
  expect(findNewUse({ activatedAt, lastUsedAt }, usedAt)).toEqual(newUse);
});
