import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Everything that is or will be committed. */
const FILES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean);
const CODE = FILES.filter((file) => /\.(ts|tsx|mjs|mts|cjs)$/.test(file) && !file.includes("/migrations/"));

/** The folders of lib that are not a noun and name their files freely. */
const OTHERS = [
  "platform",
  "gate",
  "audit",
  "jobs",
  "worker",
  "providers",
  "builtin-s3",
  "supervisor",
  "web-server",
  "api",
  "postgres",
  "cli",
];
const NOUN_FILES = /^(schema|rules|data|loaders|mutations|actions)(\.test)?\.ts$/;
/** The folders in which a noun may hold its files, one verb a file. */
const NOUN_FOLDERS: Record<string, string[]> = {
  "access-keys": ["loaders", "issue", "revoke", "lifecycle", "repair"],
  regions: ["file", "master-key"],
};

test("a noun's folder holds only files of the vocabulary, and folders for the parts of its life", () => {
  const strangers = CODE.filter((file) => {
    const [top, noun, name, below] = file.split("/");
    if (top !== "lib" || !noun || !name || OTHERS.includes(noun)) return false;
    return below === undefined ? !NOUN_FILES.test(name) : !NOUN_FOLDERS[noun]?.includes(name);
  });
  expect(strangers).toEqual([]);
});

test("names are kebab-case, and no file is a drawer or a barrel", () => {
  const names = CODE.map((file) => [file, file.split("/").at(-1) ?? ""] as const);
  const odd = names.filter(([, name]) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|tsx|mjs|mts|cjs)$/.test(name));
  expect(odd.map(([file]) => file)).toEqual([]);
  const drawers = CODE.filter((file) => /(^|\/)(index|utils?|helpers?|misc|common)(\.|\/)/.test(file));
  expect(drawers).toEqual([]);
});

test("no file is longer than 400 lines, and nine in ten are under 200", () => {
  const lengths = CODE.map((file) => [file, readFileSync(`${ROOT}${file}`, "utf8").split("\n").length] as const);
  expect(lengths.filter(([, lines]) => lines > 400)).toEqual([]);
  expect(lengths.filter(([, lines]) => lines > 200).length / lengths.length).toBeLessThan(0.1);
});

test("nothing promises that a revoked key is dead at once, and nothing is left to do", () => {
  // In pieces, so that this file does not find itself.
  const words = new RegExp([`\\bimmediate${"ly"}\\b`, `\\b${"TO"}DO\\b`, `\\b${"FIX"}ME\\b`].join("|"), "i");
  const texts = FILES.filter((file) => /\.(ts|tsx|mjs|mts|cjs|md|prisma|css)$/.test(file));
  expect(texts.filter((file) => words.test(readFileSync(`${ROOT}${file}`, "utf8")))).toEqual([]);
});
