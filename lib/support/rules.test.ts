import { expect, test } from "vitest";
import { readSearch } from "@/lib/support/rules";
import type { SearchKind } from "@/lib/support/schema";

test.each<[SearchKind, string, SearchKind, string]>([
  ["access-key", " LKEX0000000000000000\n", "access-key", "LKEX0000000000000000"],
  ["access-key", "\u200bLKEX\u200b0000\ufeff0000 00000000\u2060", "access-key", "LKEX0000000000000000"],
  ["access-key", "lkex", "access-key", "lkex"],
  ["access-key", "Ana@Example.org", "email", "ana@example.org"],
  ["email", "\u202eANA@Example.ORG\u202c ", "email", "ana@example.org"],
  ["email", "a%_", "email", "a%_"],
  ["project", " \u200bMy  Project\u200b ", "project", "My  Project"],
  ["project", "👩‍👩‍👧 crew", "project", "👩‍👩‍👧 crew"],
  ["project", "a\u0000bc\ud800", "project", "abc"],
])("by %s, %j is a search by %s for %j", (by, typed, readBy, text) => {
  expect(readSearch(by, typed)).toEqual({ ok: true, by: readBy, text });
});

test.each<[SearchKind, string, RegExp]>([
  ["access-key", "", /at least 3 characters of the access key/],
  ["access-key", "A", /at least 3/],
  ["email", "\u200b\u200b\u200b", /at least 3 characters of the e-mail address/],
  ["project", "🔑x", /at least 3 characters of the project's name or slug/],
  ["project", "x".repeat(129), /at most 128/],
  ["access-key", "LK%", /letters and digits only/],
  ["access-key", "LK_X", /letters and digits only/],
  ["access-key", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00", /looks like a secret key/],
  ["email", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", /looks like a secret key/],
  ["project", "\u200bwJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00 ", /looks like a secret key/],
])("by %s, %j is refused with a sentence", (by, typed, sentence) => {
  expect(readSearch(by, typed)).toEqual({ ok: false, message: expect.stringMatching(sentence) as string });
});
