import fc from "fast-check";
import { expect, test } from "vitest";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { composeCounts, describeChanges, findIdForms, nameResult, readResult } from "@/lib/bulk-revocations/rules";
import { BULK_RESULTS } from "@/lib/bulk-revocations/schema";
import { UPPER_DIGITS } from "@/lib/platform/crypto/random-text";

const body = fc.string({ unit: fc.constantFrom(...UPPER_DIGITS), minLength: 12, maxLength: 12 });
const id = body.map((random) => composeAccessKeyId("TST", () => random));
/** What may stand around an access key in a text. */
const around = fc.string({ unit: fc.constantFrom(..." \n\t\"'=:,;/_-{}[]()<>äß漢🔑"), minLength: 1, maxLength: 9 });

test("every access key of a text is found once, in its order, whatever stands around", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(around, id), { maxLength: 20 }), around, (parts, end) => {
      const text = parts.map(([before, key]) => before + key).join("") + end;
      expect(findIdForms(text + text)).toEqual([...new Set(parts.map(([, key]) => key))]);
    }),
  );
});

test("a part of a longer word is no access key, and a secret key never is", () => {
  fc.assert(
    fc.property(id, fc.constantFrom(..."aZ09"), (key, letter) => {
      expect(findIdForms(`${letter}${key} ${key}${letter} ${key.toLowerCase()} ${key.slice(1)}`)).toEqual([]);
    }),
  );
  const secret = fc.string({ unit: fc.constantFrom(..."LKabcXYZ0129+/"), minLength: 40, maxLength: 40 });
  fc.assert(fc.property(secret, (text) => findIdForms(text).every((found) => found.length === 20)));
});

test("a long text is searched in a time that grows with its length alone", () => {
  expect(findIdForms("LK".repeat(500_000))).toEqual([]);
  expect(findIdForms(`${"LKAAAAAAAAAAAAAAAAAA ".repeat(40_000)}`)).toEqual(["LKAAAAAAAAAAAAAAAAAA"]);
});

test("every result has a state and back, and counts are by result", () => {
  for (const result of BULK_RESULTS) expect(nameResult(readResult(result))).toBe(result);
  const groups = [
    { state: "REVOKED" as const, count: 2 },
    { state: "ALREADY_ENDED" as const, count: 1 },
  ];
  expect(composeCounts(groups)).toEqual({ waiting: 0, running: 0, revoked: 2, "already-ended": 1, failed: 0 });
});

test("what changed since the preview is told, and nothing else", () => {
  expect(describeChanges({ endedSince: 0, madeSince: 0 })).toBe("");
  expect(describeChanges({ endedSince: 1, madeSince: 2_000 })).toBe(
    " 1 key ended since the preview. 2,000 keys made since the preview: not included.",
  );
});
