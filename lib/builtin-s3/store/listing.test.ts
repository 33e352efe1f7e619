import fc from "fast-check";
import { expect, it } from "vitest";
import { compareKeys, KeyIndex } from "./key-index";
import { listKeys } from "./listing";

const keyText = fc
  .array(fc.constantFrom("a", "b", "/", "//", "é", "\ue000", "𝄞", "Z", " "), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));

/** The listing by its definition, without index or paging. */
function listByHand(keys: string[], prefix: string, delimiter: string): string[] {
  const names = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : `${key.slice(0, at + delimiter.length)}*`;
    });
  return [...new Set(names)].sort((a, b) =>
    Buffer.compare(Buffer.from(a.replace(/\*$/, "")), Buffer.from(b.replace(/\*$/, ""))),
  );
}

it("pages through any keys with any prefix, delimiter and page size as the definition says", () => {
  const query = fc.record({
    prefix: fc.oneof(fc.constant(""), keyText),
    delimiter: fc.constantFrom("", "/", "//", "a", "é"),
    limit: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(keyText, { maxLength: 40 }),
      fc.array(keyText, { maxLength: 10 }),
      query,
      (keys, removed, { prefix, delimiter, limit }) => {
        const index = new KeyIndex<number>();
        for (const key of [...keys, ...removed]) index.set(key, 1);
        for (const key of removed) index.delete(key);
        const left = keys.filter((key) => !removed.includes(key));
        expect(index.size).toBe(left.length);
        const found: string[] = [];
        let after: string | undefined = "";
        for (let pages = 0; after !== undefined; pages += 1) {
          expect(pages).toBeLessThan(100);
          const page: ReturnType<typeof listKeys<number>> = listKeys(index, { prefix, delimiter, after, limit });
          const names: string[] = [...page.entries.map(([key]) => key), ...page.prefixes.map((name) => `${name}*`)];
          expect(names.length).toBeLessThanOrEqual(limit);
          // Every page but the last is full.
          expect(page.next === undefined || names.length === limit).toBe(true);
          found.push(...names.sort((a, b) => compareKeys(a.replace(/\*$/, ""), b.replace(/\*$/, ""))));
          after = page.next;
        }
        expect(found).toEqual(listByHand(left, prefix, delimiter));
      },
    ),
    { numRuns: 2000, seed: 7 },
  );
});

it("orders keys as their bytes are ordered", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 5000, seed: 8 },
  );
});
