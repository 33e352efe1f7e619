import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../fixtures/portal";
import type { Edit } from "./mutants";

const LEFT_OUT = new Set([".git", ".next", ".data", "dist", "node_modules", "test-results"]);

/** Copies the sources and the installed packages into an empty folder. */
export function copySources(folder: string): void {
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(path.slice(ROOT.length).split("/")[0] ?? ""),
  });
  // Hard links, because Next does not follow a symbolic link that leads out of its folder.
  const linked = spawnSync("cp", ["-al", join(ROOT, "node_modules"), join(folder, "node_modules")]);
  if (linked.status !== 0)
    cpSync(join(ROOT, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  // With the cache of the last build, Next builds the copy faster.
  if (existsSync(join(ROOT, ".next/cache")))
    cpSync(join(ROOT, ".next/cache"), join(folder, ".next/cache"), { recursive: true });
}

/** Copies the built portal into a copy of the sources. */
export function copyBuild(folder: string): void {
  rmSync(join(folder, ".next"), { recursive: true, force: true });
  // Next links the packages that it does not bundle. A link must lead to the packages of the copy.
  cpSync(join(ROOT, ".next"), join(folder, ".next"), { recursive: true, verbatimSymlinks: true });
}

/** Applies a mutant's edits to a copy of the sources. Returns a function that takes them back. */
export function applyEdits(folder: string, edits: readonly Edit[]): () => void {
  const originals = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const matches = countMatches(text, from);
    if (matches !== 1) throw new Error(`${file} must have this text once and has it ${matches} times: ${from}`);
    if (!originals.has(path)) originals.set(path, text);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  return () => {
    for (const [path, text] of originals) writeFileSync(path, text);
  };
}

export function countMatches(text: string, part: string): number {
  return text.split(part).length - 1;
}
