import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DATA_DIR_MODE, makeDataDir, checkStorageDir } from "@/lib/platform/config/make-data-dir";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-data-dir-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("makes every level, and leaves the folder empty", () => {
  const dataDir = join(folder, "a/b/c");
  makeDataDir(dataDir);
  makeDataDir(dataDir);
  expect(statSync(dataDir).mode & 0o777).toBe(DATA_DIR_MODE);
  expect(readdirSync(dataDir)).toEqual([]);
});

test("keeps the mode of an existing folder", () => {
  const dataDir = join(folder, "there");
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o750);
  makeDataDir(dataDir);
  expect(statSync(dataDir).mode & 0o777).toBe(0o750);
});

test("names the setting where the path leads to a file", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const dataDir of [file, join(file, "x"), "/dev/null/x"])
    expect(() => makeDataDir(dataDir)).toThrow("LATCHKEY_DATA_DIR must be a folder");
  expect(statSync(file).isFile()).toBe(true);
});

test.skipIf(!existsSync("/proc/self"))("names the setting where no folder can be made, and returns", () => {
  for (const dataDir of ["/proc", "/proc/x", "/proc/x/y"])
    expect(() => makeDataDir(dataDir)).toThrow("LATCHKEY_DATA_DIR must be a folder");
});

test("a storage folder that cannot be written to is named, and one that is not there is left to the server", () => {
  const storage = join(folder, "s3");
  const refusal = (name: string) => `${name}, must be a folder that can be created and written to`;
  checkStorageDir(folder);
  expect(existsSync(storage)).toBe(false);
  mkdirSync(storage);
  checkStorageDir(folder);
  expect(readdirSync(storage)).toEqual([]);
  rmSync(storage, { recursive: true });
  writeFileSync(storage, "");
  expect(() => checkStorageDir(folder)).toThrow(refusal(`${storage}, where the built-in S3 server keeps everything`));
  rmSync(storage);
  // Nobody can write there, not even root.
  symlinkSync("/sys", storage);
  expect(() => checkStorageDir(folder)).toThrow(refusal(`${storage}, where the built-in S3 server keeps everything`));
});
