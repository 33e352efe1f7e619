import { expect, test } from "vitest";
import { describeEnd, describeNearEnd } from "@/components/access-keys/lifecycle/describe-end";

const DAY = 86_400;

test.each([
  [null, undefined],
  [14 * DAY + 1, undefined],
  [14 * DAY, "in 14 days"],
  [3 * DAY + 5, "in 3 days"],
  [DAY, "in 1 day"],
  [DAY - 1, "in 23 hours"],
  [3_599, "in 59 minutes"],
  [59, "within a minute"],
  [0, undefined],
  [-5, undefined],
])("%s seconds before the date: %s", (seconds, words) => {
  expect(describeNearEnd(seconds)).toBe(words);
});

test.each([
  [true, false, "is switched off"],
  [true, true, "is removed"],
  [false, false, "is removed"],
])("where keys can be switched: %s, and the key is to be removed: %s, the key %s", (switches, isRemoved, words) => {
  expect(describeEnd({ switches }, true, isRemoved)).toContain(words);
});
