import fc from "fast-check";
import { expect, test } from "vitest";
import { composeAccessKeyId, isOwnAccessKeyId, MARKER_LENGTH } from "@/lib/access-key-ids/rules";
import { UPPER_DIGITS } from "@/lib/platform/crypto/random-text";

const text = (length: number) =>
  fc.array(fc.constantFrom(...UPPER_DIGITS), { minLength: length, maxLength: length }).map((all) => all.join(""));
const marker = text(MARKER_LENGTH);
const random = text(12);

/** The same ids in every run: a checksum of three characters lets one changed character in 46,656 pass. */
const SEED = 20_261_127;

test("an id is 20 capital letters and digits, and this installation recognises it", () => {
  fc.assert(
    fc.property(marker, random, (mark, drawn) => {
      const id = composeAccessKeyId(mark, () => drawn);
      expect(id).toMatch(/^LK[A-Z0-9]{18}$/);
      expect(id.slice(2, 2 + MARKER_LENGTH)).toBe(mark);
      expect(isOwnAccessKeyId(id, mark)).toBe(true);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test("another installation does not take the id for its own", () => {
  fc.assert(
    fc.property(marker, marker, random, (mark, other, drawn) => {
      fc.pre(mark !== other);
      expect(
        isOwnAccessKeyId(
          composeAccessKeyId(mark, () => drawn),
          other,
        ),
      ).toBe(false);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test("the checksum notices one changed character", () => {
  fc.assert(
    fc.property(random, fc.nat(11), fc.constantFrom(...UPPER_DIGITS), (drawn, offset, character) => {
      const id = composeAccessKeyId("Q7Z", () => drawn);
      const at = 5 + offset;
      fc.pre(id[at] !== character);
      expect(isOwnAccessKeyId(id.slice(0, at) + character + id.slice(at + 1), "Q7Z")).toBe(false);
    }),
    { seed: SEED, numRuns: 500 },
  );
});
