import { expect, test } from "vitest";
import type { Card } from "@/lib/access-keys/schema";
import { describeBound, describeReceipt, evaluateReceipts, explainBound, findUsual } from "@/lib/receipt-lines/rules";

const line = {
  accessKeyId: "LKAAA0000000000000AA",
  gateway: "north",
  decidedAt: "2026-01-01T00:00:00.000Z",
  removedAt: "2026-01-01T00:00:00.010Z",
  lastAcceptedAt: null,
  firstRefusedAt: null,
  unmeasurable: null,
  sampled: false,
};

test.each([
  ["refused", { firstRefusedAt: "2026-01-01T00:00:00.210Z" }, "north: refused after 0.2 s"],
  ["refused by a clock that is behind", { firstRefusedAt: "2025-12-31T23:59:59.000Z" }, "north: refused after 0.01 s"],
  ["refused quickly", { firstRefusedAt: "2026-01-01T00:00:00.034Z" }, "north: refused after 0.03 s"],
  ["refused late", { firstRefusedAt: "2026-01-01T00:04:31.500Z" }, "north: refused after 271.5 s"],
  [
    "refused after a slow removal",
    { removedAt: "2026-01-01T00:00:14.000Z", firstRefusedAt: "2026-01-01T00:00:14.200Z" },
    "north: refused after 14.2 s (the removal took 14.0 s)",
  ],
  ["accepting", { lastAcceptedAt: "2026-01-01T00:00:01.000Z" }, "north: still accepting, at most 300 s"],
  ["unknown yet", {}, "north: removed, waiting for the first refusal"],
  [
    "not measurable",
    { unmeasurable: "it answers all keys alike" },
    "north: not measurable, it answers all keys alike; it ends at most 300 s after the removal",
  ],
  ["sampled", { sampled: true, firstRefusedAt: "2026-01-01T00:00:00.210Z" }, "north, sampled: refused after 0.2 s"],
])("%s", (_name, change, sentence) => {
  expect(describeReceipt({ ...line, ...change }, 300)).toBe(sentence);
});

const refused = { ...line, firstRefusedAt: "2026-01-01T00:00:00.210Z" };
const other = { ...refused, accessKeyId: "LKAAA0000000000000AB" };

test.each([
  ["nothing yet", [], "missing"],
  ["of one of two keys", [refused], "missing"],
  ["of which one is open", [{ ...refused, ...line }, other], "open"],
  ["all refused", [refused, other], "refused"],
  ["of which one is a sample", [{ ...refused, sampled: true }, other], "sampled"],
  ["of which one cannot be measured", [{ ...line, unmeasurable: "it answers alike" }, other], "unmeasurable"],
] as const)("receipts: %s", (_name, receipts, state) => {
  expect(evaluateReceipts([line.accessKeyId, other.accessKeyId], receipts)).toBe(state);
});

const REGION: Card["region"] = {
  name: "north",
  endpoint: "https://north.example.test",
  signingRegion: "north-1",
  revocationBoundSeconds: 300,
  usualRevocationSeconds: { replaced: null, ended: null },
  switches: true,
  overlaps: true,
  plainUploads: false,
  suspends: false,
  tellsLastUse: false,
  readOnly: "none",
  disabled: false,
};

test.each([
  [0, "within 1 second"],
  [1, "within 1 second"],
  [1.2, "within 2 seconds"],
  [119, "within 119 seconds"],
  [300, "within 5 minutes"],
  [301, "within 6 minutes"],
])("%d s: %s", (seconds, words) => {
  expect(describeBound(seconds)).toBe(words);
});

test.each([
  [300, 0.2, "after usually 0.2 s, at most 5 minutes"],
  [600, 0.2, "after usually 0.2 s, at most 10 minutes"],
  [1, 0.04, "after usually 0.04 s, at most 1 second"],
  [0, 0.9, "after usually 0.9 s, at most 1 second"],
  [300, 12.34, "after usually 12.3 s, at most 5 minutes"],
  [300, 290, "after usually 5 minutes, at most 5 minutes"],
  [1, 7.25, "after usually 7.3 s"],
  [300, null, "within 5 minutes"],
  [null, 0.2, "at a time that is not known"],
])("a bound of %s s, usually %s s: %s", (seconds, usual, words) => {
  expect(describeBound(seconds, usual)).toBe(words);
});

test.each([
  ["replaced", false, 0, 300],
  ["replaced", true, 0, 300],
  ["ended", false, 0, 0.2],
  ["ended", false, 2, 0.2],
  ["ended", true, 0, 0.2],
  ["ended", true, 1, 300],
  ["deactivated", false, 0, 0.2],
  ["deactivated", true, 0, 300],
] as const)("a key that is %s, in a region that suspends: %s, beside %d others", (change, suspends, others, usual) => {
  const region = { ...REGION, suspends, usualRevocationSeconds: { replaced: 300, ended: 0.2 } };
  expect(findUsual({ region, others }, change)).toBe(usual);
});

test("only a long wait is explained", () => {
  expect([explainBound(1), explainBound(300)]).toEqual(["", ": this region's gateways cache keys"]);
});
