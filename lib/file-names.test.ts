import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Every file that is or will be committed. */
const FILES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean);
const CODE = FILES.filter((file) => /\.(ts|tsx|mjs|mts|cjs)$/.test(file) && !file.includes("/migrations/"));

/** The folders of the repository. */
const FOLDERS = ["app", "bin", "components", "deploy", "docs", "e2e", "lib", "prisma", "public", "testing"];
/** The folders of lib that are not a noun. Their files may have any name. */
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
  "admin",
  "cli",
];
const NOUN_FILES = /^(schema|rules|data|loaders|mutations|actions)(\.test)?\.ts$/;
/** The folders in which a noun may have files, one verb a file. */
const NOUN_FOLDERS: Record<string, string[]> = {
  "access-keys": ["loaders", "issue", "revoke", "lifecycle", "repair"],
  "audit-log": ["loaders"],
  "bulk-revocations": ["loaders", "run"],
  regions: ["administration", "file", "master-key"],
  clients: ["snippets"],
};

test("the repository has the folders of the layout", () => {
  const folders = new Set(FILES.filter((file) => /^[^.].*\//.test(file)).map((file) => file.split("/")[0] ?? ""));
  expect([...folders].filter((folder) => !FOLDERS.includes(folder))).toEqual([]);
});

test("a noun's folder has only files of the vocabulary, and folders for the parts of its life", () => {
  const strangers = CODE.filter((file) => {
    const [top, noun, name, below] = file.split("/");
    if (top !== "lib" || !noun || !name || OTHERS.includes(noun)) return false;
    return below === undefined ? !NOUN_FILES.test(name) : !NOUN_FOLDERS[noun]?.includes(name);
  });
  expect(strangers).toEqual([]);
});

test("components has ui, layout and nouns, and a noun with more than a dozen files has sub-folders", () => {
  const nouns = new Set(CODE.filter((file) => file.startsWith("lib/")).map((file) => file.split("/")[1] ?? ""));
  const components = CODE.filter((file) => file.startsWith("components/")).map((file) => file.split("/"));
  const strangers = components.filter(([, folder = ""]) => !["ui", "layout"].includes(folder) && !nouns.has(folder));
  expect(strangers).toEqual([]);
  const counts = new Map<string, number>();
  for (const [, folder = "", ...below] of components.filter(([, folder]) => folder !== "ui" && folder !== "layout")) {
    const place = [folder, ...below.slice(0, -1)].join("/");
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > 12)).toEqual([]);
});

test("names are kebab-case, and no file is named as a collection or a barrel", () => {
  const names = CODE.map((file) => [file, file.split("/").at(-1) ?? ""] as const);
  const odd = names.filter(([, name]) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|tsx|mjs|mts|cjs)$/.test(name));
  expect(odd.map(([file]) => file)).toEqual([]);
  const collections = CODE.filter((file) => /(^|\/)(index|utils?|helpers?|misc|common)(\.|\/)/.test(file));
  expect(collections).toEqual([]);
});

test("no file is longer than 400 lines, and nine in ten are under 200", () => {
  const lengths = CODE.map((file) => [file, readFileSync(`${ROOT}${file}`, "utf8").split("\n").length] as const);
  expect(lengths.filter(([, lines]) => lines > 400)).toEqual([]);
  expect(lengths.filter(([, lines]) => lines > 200).length / lengths.length).toBeLessThan(0.1);
});

test("no text promises that a revoked key stops at once, and none has a to-do marker", () => {
  // The words are composed, so that the test does not find itself.
  const words = new RegExp([`\\bimmediate${"ly"}\\b`, `\\b${"TO"}DO\\b`, `\\b${"FIX"}ME\\b`].join("|"), "i");
  const texts = FILES.filter((file) => /\.(ts|tsx|mjs|mts|cjs|md|prisma|css)$/.test(file));
  expect(texts.filter((file) => words.test(readFileSync(`${ROOT}${file}`, "utf8")))).toEqual([]);
});
