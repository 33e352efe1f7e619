import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./root.mjs";

const IGNORED = new Set(["node_modules", "generated", ".git", ".next", "dist"]);

/**
 * A hash of the content of files and folders, without tests. While the hash stays the same, a product of these files
 * need not be built again. A missing path is skipped.
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

/** Whether the stamp file holds this hash, so that the product is up to date. */
export function isFresh(stamp, hash) {
  const path = join(ROOT, stamp);
  return existsSync(path) && readFileSync(path, "utf8") === hash;
}

/** Writes the hash to the stamp file. Call it after the product is built. */
export function writeStamp(stamp, hash) {
  const path = join(ROOT, stamp);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, hash);
}
