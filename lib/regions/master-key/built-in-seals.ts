import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beginningOfSealed } from "@/lib/platform/crypto/seal";

/**
 * Whether a journal of the built-in server, its history included, still holds an entry that this key sealed. The server
 * needs the key to start in that case.
 */
export async function holdsBuiltinSeals(dataDir: string, key: Buffer): Promise<boolean> {
  const folder = join(dataDir, "s3");
  if (!existsSync(folder)) return false;
  const found = `"${beginningOfSealed(key)}`;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const isJournal = entry.isFile() && /^accounts\..*log/.test(entry.name);
    if (isJournal && (await readFile(join(entry.parentPath, entry.name))).includes(found)) return true;
  }
  return false;
}
