import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The repository's root: the nearest folder above this code with a package.json. Works from source and from dist/. */
export function findRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${from}`);
  }
}
