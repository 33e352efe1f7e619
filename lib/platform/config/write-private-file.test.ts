import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writePrivateFile } from "@/lib/platform/config/write-private-file";

const folder = mkdtempSync(join(tmpdir(), "latchkey-private-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a private file is replaced, and a text that cannot be kept is left nowhere", () => {
  const path = join(folder, "secret");
  writePrivateFile(path, "old");
  writePrivateFile(path, "new");
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["new", 0o600]);
  mkdirSync(join(folder, "taken"));
  expect(() => writePrivateFile(join(folder, "taken"), "new")).toThrow();
  expect(readdirSync(folder).toSorted()).toEqual(["secret", "taken"]);
});
