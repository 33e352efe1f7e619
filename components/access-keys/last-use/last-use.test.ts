import { expect, test } from "vitest";
import { describeAgo, readLastUse, readOverlapUse } from "@/components/access-keys/last-use/last-use";

const at = (time: string) => `2026-11-28T${time}.000Z`;

test.each([
  [at("12:00:00"), "less than a minute ago"],
  [at("12:00:30"), "less than a minute ago"],
  [at("11:59:00"), "1 minute ago"],
  [at("11:56:01"), "3 minutes ago"],
  [at("10:59:00"), "1 hour ago"],
  ["2026-11-27T12:00:00.000Z", "1 day ago"],
  ["2026-11-20T12:00:00.000Z", "8 days ago"],
])("at noon, %s was %s", (iso, words) => {
  expect(describeAgo(iso, new Date(at("12:00:00")))).toBe(words);
});

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
