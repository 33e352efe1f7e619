import { expect, test } from "vitest";
import { findLink } from "@/lib/help/rules";
import { HELP_PLACES, type HelpReader } from "@/lib/help/schema";

const NOBODY: HelpReader = { project: null, tokens: false, support: false, bulkRevoke: false, administration: false };
const MEMBER = { slug: "demo", name: "Demo", keys: false, members: false, activity: false };
const placesOf = (reader: HelpReader) => HELP_PLACES.filter((place) => findLink(place, reader) !== undefined);

test("the links of the help lead only to pages that the reader may open", () => {
  expect(placesOf(NOBODY)).toEqual(["projects", "api"]);
  expect(placesOf({ ...NOBODY, project: MEMBER })).toEqual(["dashboard", "buckets", "projects", "api"]);
  const project = { ...MEMBER, keys: true, members: true, activity: true };
  expect(placesOf({ project, tokens: true, support: true, bulkRevoke: true, administration: true })).toEqual([
    ...HELP_PLACES,
  ]);
});
