import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeyCache, ShortLivedKey } from "@/lib/cli/credentials/key-cache";

/** The files of short-lived keys below a runtime folder. */
export async function listCaches(runtime: string): Promise<string[]> {
  const names = await readdir(join(runtime, "latchkey")).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).map((name) => join(runtime, "latchkey", name));
}

/** What a file of a short-lived key keeps. */
export async function readCacheFile(path: string): Promise<KeyCache> {
  return JSON.parse(await readFile(path, "utf8")) as KeyCache;
}

/** As if the time had passed: changes facts of the key that a file keeps. The portal is not asked. */
export async function changeKeptKey(path: string, facts: Partial<ShortLivedKey>): Promise<void> {
  const cache = await readCacheFile(path);
  if (!cache.key) throw new Error(`${path} keeps no key`);
  await writeFile(path, JSON.stringify({ ...cache, key: { ...cache.key, ...facts } }));
}
