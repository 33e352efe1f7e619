import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./root.mjs";

const IGNORED = new Set(["node_modules", "generated", ".git", ".next", "dist"]);

/**
 * A hash over the content of files and folders (recursively, tests left out): while it stays the same, what was
 * made from them need not be made again.
 */
export function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) addPath(hash, path);
  return hash.digest("hex");
}

function addPath(hash, path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) {
      if (!IGNORED.has(name) && !/\.test\.tsx?$/.test(name)) addPath(hash, join(path, name));
    }
    return;
  }
  hash.update(`${path}\0`);
  hash.update(readFileSync(full));
  hash.update("\0");
}

/** Whether the stamp file says that its product was made from just this. */
export function isFresh(stamp, hash) {
  const path = join(ROOT, stamp);
  return existsSync(path) && readFileSync(path, "utf8") === hash;
}

/** Says so, after the product is made. */
export function writeStamp(stamp, hash) {
  const path = join(ROOT, stamp);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, hash);
}
