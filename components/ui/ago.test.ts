import { expect, test } from "vitest";
import { describeAgo } from "@/components/ui/ago";

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
