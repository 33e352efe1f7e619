import { expect, test } from "vitest";
import { readLastUse, readOverlapUse } from "@/components/access-keys/last-use/last-use";

const at = (time: string) => `2026-11-28T${time}.000Z`;

test.each([
  [{ lastUsedAt: at("10:00:00"), lastUsedAsOf: at("11:00:00") }, true, { kind: "used", at: at("10:00:00") }],
  [{ lastUsedAt: null, lastUsedAsOf: at("11:00:00") }, true, { kind: "silent", asOf: at("11:00:00") }],
  [{ lastUsedAt: null, lastUsedAsOf: null }, true, { kind: "unknown" }],
  [{ lastUsedAt: null, lastUsedAsOf: null }, false, { kind: "untold" }],
])("of %j, where the storage system tells: %s", (use, tells, known) => {
  expect(readLastUse(use, tells)).toEqual(known);
});

test.each([
  [at("10:00:00"), at("11:00:00"), { kind: "used", at: at("10:00:00") }],
  [at("08:00:00"), at("11:00:00"), { kind: "silent", asOf: at("11:00:00") }],
  [null, at("11:00:00"), { kind: "silent", asOf: at("11:00:00") }],
  [at("08:00:00"), at("08:30:00"), { kind: "unknown" }],
  [null, null, { kind: "unknown" }],
])("replaced at nine, last used %s as of %s", (lastUsedAt, lastUsedAsOf, known) => {
  const retiring = { accessKeyId: "LKTESTOLDKEY00000000", since: at("09:00:00"), until: at("13:00:00") };
  expect(readOverlapUse({ ...retiring, lastUsedAt, lastUsedAsOf })).toEqual(known);
});
