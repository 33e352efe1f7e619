import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { findStore, stampStore } from "./stamp";

const parent = mkdtempSync(path.join(tmpdir(), "latchkey-stamp-"));
afterAll(() => rmSync(parent, { recursive: true }));

const OTHER = "0b0e2f2e-4a5a-4a8e-9d0e-1c2d3e4f5a6b";

/** A folder with a journal, with a stamp, with both or with neither. */
function makeFolder(name: string, has: { journal: boolean; stamp: boolean }): { folder: string; id: string } {
  const folder = path.join(parent, name);
  mkdirSync(folder);
  if (has.journal) writeFileSync(path.join(folder, "accounts.3.log"), "");
  return { folder, id: has.stamp ? stampStore(folder, undefined) : "none" };
}

test("a store gets its stamp once and keeps it", () => {
  const { folder, id } = makeFolder("stamped", { journal: true, stamp: true });
  expect(findStore(folder, id)).toEqual({ ok: true, id });
  expect(findStore(folder, "data")).toEqual({ ok: true, id });
  expect(findStore(folder, "any")).toEqual({ ok: true, id });
  expect(stampStore(folder, id)).toBe(id);
});

test("a first start may find nothing, and data from before the stamps is taken", () => {
  expect(findStore(path.join(parent, "not-there"), "any")).toEqual({ ok: true, id: undefined });
  const { folder } = makeFolder("old", { journal: true, stamp: false });
  expect(findStore(folder, "data")).toEqual({ ok: true, id: undefined });
});

test("a missing, empty, unstamped or foreign folder is not the store that is expected", () => {
  const missing = path.join(parent, "gone");
  const empty = makeFolder("empty", { journal: false, stamp: false });
  const emptied = makeFolder("emptied", { journal: false, stamp: true });
  const unstamped = makeFolder("unstamped", { journal: true, stamp: false });
  const foreign = makeFolder("foreign", { journal: true, stamp: true });
  const damaged = makeFolder("damaged", { journal: true, stamp: false });
  writeFileSync(path.join(damaged.folder, "store.json"), "{");
  const why = (folder: string, expected: string) => {
    const found = findStore(folder, expected);
    return found.ok ? "ok" : found.why;
  };
  expect([why(missing, OTHER), why(missing, "data")]).toEqual(["is missing", "is missing"]);
  expect([why(empty.folder, OTHER), why(empty.folder, "data")]).toEqual(["is empty", "is empty"]);
  expect(why(emptied.folder, emptied.id)).toBe("is empty");
  expect(why(unstamped.folder, OTHER)).toBe("has no stamp (store.json)");
  expect(why(damaged.folder, OTHER)).toBe("has no stamp (store.json)");
  expect(why(foreign.folder, OTHER)).toBe("holds another store");
});
