import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import type { World } from "../world/world";
import { type Search, searchFor } from "./secret-search";
import type { Violation } from "./violation";

/** The only file that holds the installation's own secrets. */
const OWN_FILE = "secrets.json";
const PART_BYTES = 32 * 1024 * 1024;
/** Longer than any form of a secret, so that the end of a part never cuts one in two. */
const OVERLAP_BYTES = 1_024;

export interface Sought {
  /** The secrets of all keys that were delivered. They may stand nowhere. */
  keys: readonly string[];
  /** The installation's own secrets. They may stand in its secrets.json and nowhere else. */
  own: readonly string[];
  /** API tokens. Only their SHA-256 may stand anywhere. */
  tokens: readonly string[];
}

/** The master key, the built-in server's admin token, the rig admin's secret, and the portal's password in Keystone. */
export function readOwnSecrets({ portal, rig }: World): string[] {
  const stored = JSON.parse(readFileSync(join(portal.facts.dataDir, OWN_FILE), "utf8")) as Record<string, string>;
  const own = [stored.LATCHKEY_MASTER_KEY, stored.LATCHKEY_S3_ADMIN_TOKEN].filter((secret) => secret !== undefined);
  if (own.length !== 2) throw new Error(`${OWN_FILE} has other names than this check knows`);
  return [...own, ...(rig ? [rig.admin.secretAccessKey] : []), ...(rig?.keystone ? [rig.keystone.user.password] : [])];
}

/** Looks for secrets in every row of every table and in every file of some folders (logs, the database's own files). */
export async function checkSecrets(
  client: Client,
  folders: readonly string[],
  { keys, own, tokens }: Sought,
): Promise<Violation[]> {
  const search = searchFor([...keys, ...own], tokens);
  const searchOwnFile = searchFor(keys, tokens);
  const searchOf = (name: string) => (name === OWN_FILE ? searchOwnFile : search);
  return [...(await searchTables(client, search)), ...folders.flatMap((folder) => searchFolder(folder, searchOf))];
}

async function searchTables(client: Client, search: Search): Promise<Violation[]> {
  const { rows: tables } = await client.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  const found: Violation[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    const hits = search(rows.map(({ text }) => text).join("\n")).size;
    if (hits > 0) found.push({ kind: "secret", what: `the table ${name} holds ${hits} secrets` });
  }
  return found;
}

/** Searches every file below a folder, however large. */
export function searchFolder(folder: string, searchOf: (name: string) => Search): Violation[] {
  const buffer = Buffer.allocUnsafe(OVERLAP_BYTES + PART_BYTES);
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry): Violation[] => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const search = searchOf(entry.name);
    const found = new Set<string>();
    for (const part of readParts(path, buffer)) for (const secret of search(part)) found.add(secret);
    return found.size > 0 ? [{ kind: "secret", what: `${path} holds ${found.size} secrets` }] : [];
  });
}

/** Reads a file in parts that overlap. Yields nothing when the database has removed the file meanwhile. */
function* readParts(path: string, buffer: Buffer): Generator<string> {
  const file = openIfThere(path);
  if (file === undefined) return;
  try {
    let kept = 0;
    for (
      let read = readSync(file, buffer, 0, PART_BYTES, null);
      read > 0;
      read = readSync(file, buffer, kept, PART_BYTES, null)
    ) {
      const end = kept + read;
      yield buffer.toString("latin1", 0, end);
      kept = Math.min(OVERLAP_BYTES, end);
      buffer.copyWithin(0, end - kept, end);
    }
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
