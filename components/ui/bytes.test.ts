import { expect, test } from "vitest";
import { formatCount } from "@/components/ui/bytes";

test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1,000"],
  [12_345_678, "12,345,678"],
  [-1_234, "-1,234"],
])("the count %d is written as %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});
