import { expect, test } from "vitest";
import { describeBound, explainBound } from "@/components/access-keys/revocation-bound";

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

test("only a long wait is explained", () => {
  expect([explainBound(1), explainBound(300)]).toEqual(["", ": this region's gateways cache keys"]);
});
