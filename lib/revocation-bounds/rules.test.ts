import { expect, test } from "vitest";
import type { Card } from "@/lib/access-keys/schema";
import { describeBound, explainBound, findUsual } from "@/lib/revocation-bounds/rules";

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
