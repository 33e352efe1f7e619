import { expect, test } from "vitest";
import { isCheckpointDue } from "@/lib/audit-log/rules";
import { canonicalize } from "@/lib/platform/text/canonical-json";

const NOW = new Date("2026-11-28T12:00:00Z");
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

test.each([
  ["an empty chain", 0, undefined, false],
  ["the first row", 1, undefined, true],
  ["nothing new", 5, { sequence: 5, at: secondsAgo(3_600) }, false],
  ["a row within the minute", 6, { sequence: 5, at: secondsAgo(59) }, false],
  ["a row after a minute", 6, { sequence: 5, at: secondsAgo(60) }, true],
  ["999 rows within the minute", 1_004, { sequence: 5, at: secondsAgo(1) }, false],
  ["1,000 rows within the minute", 1_005, { sequence: 5, at: secondsAgo(1) }, true],
])("a checkpoint after %s: due or not", (_case, head, last, due) => {
  expect(isCheckpointDue(head, last, NOW)).toBe(due);
});

test("canonical JSON has its fields in order and no spaces, as RFC 8785 shows", () => {
  expect(canonicalize({ "\u20ac": 1, "\r": [2, { b: null, a: true }], "1": '\u00f6\n"', "\ud83d\ude00": 1e21 })).toBe(
    '{"\\r":[2,{"a":true,"b":null}],"1":"ö\\n\\"","€":1,"😀":1e+21}',
  );
});
