import { expect, test } from "vitest";
import { describeRegions, isSameRestriction, proposeSlug } from "@/lib/projects/rules";
import { newSlugSchema, RESERVED_SLUGS } from "@/lib/projects/schema";

test.each([
  ["Backups of the Lab", "backups-of-the-lab"],
  ["  Žofie’s  data — 2026 ", "zofie-s-data-2026"],
  ["Straße", "strasse"],
  ["山田 太郎", ""],
  ["X", ""],
  ["🔑", ""],
  [`${"a".repeat(39)} b`, "a".repeat(39)],
])("the name %j proposes the slug %j", (name, slug) => {
  expect(proposeSlug(name)).toBe(slug);
  expect(newSlugSchema.safeParse(proposeSlug(name)).success).toBe(slug !== "");
});

test.each([
  ["../x", "not a path"],
  ["a/b", "not a path"],
  [String.raw`a\b`, "not a path"],
  ["..", "not a path"],
  ["", "at least 2"],
  ["a", "at least 2"],
  ["a".repeat(41), "at most 40"],
  ["Lab", "lower case letters"],
  ["a--b", "single hyphens"],
  ["-a", "single hyphens"],
  ["a\u200bb", "lower case letters"],
  ...RESERVED_SLUGS.map((slug) => [slug, "is reserved"]),
])("the slug %j is refused: %s", (slug = "", why = "") => {
  const issues = newSlugSchema.safeParse(slug).error?.issues;
  expect(issues).toHaveLength(1);
  expect(issues?.[0]?.message).toContain(why);
});

test("a restriction is the same whatever the order, and no region is not every region", () => {
  expect(isSameRestriction(["a", "b"], ["b", "a", "a"])).toBe(true);
  expect(isSameRestriction(["a"], ["b"])).toBe(false);
  expect(isSameRestriction([], null)).toBe(false);
  expect(isSameRestriction(null, null)).toBe(true);
  expect([describeRegions(null), describeRegions([]), describeRegions(["b", "a"])]).toEqual([
    "all regions",
    "no region",
    "only a, b",
  ]);
});
