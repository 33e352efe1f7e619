import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import type { Violation } from "./violation";

const SECRET_LENGTH = 40;
/** What could be a secret, or a form of one. */
const RUNS = /[A-Za-z0-9+/]{32,}/g;
/** Nothing that holds text is larger. */
const FILE_MAX_BYTES = 512 * 1024 * 1024;

/** Says how many secrets stand in a text. */
export type Search = (text: string) => number;

/**
 * Looks for secrets in every row of every table, and in every file of some folders: logs, and the database's own
 * files with its journal.
 */
export async function checkSecrets(client: Client, folders: readonly string[], secrets: readonly string[]): Promise<Violation[]> {
  const search = searchFor(secrets);
  return [...(await searchTables(client, search)), ...folders.flatMap((folder) => searchFolder(folder, search))];
}

/** Finds secrets as they are, also inside of longer words, and whole words that are made of nothing but one. */
export function searchFor(secrets: readonly string[]): Search {
  const plain = new Set(secrets);
  const forms = new Map(secrets.flatMap((secret) => formsOf(secret).map((form): [string, string] => [form, secret])));
  return (text) => {
    const found = new Set<string>();
    for (const [run] of text.matchAll(RUNS)) {
      const secret = forms.get(run);
      if (secret !== undefined) found.add(secret);
      for (let from = 0; from + SECRET_LENGTH <= run.length; from += 1) {
        const part = run.slice(from, from + SECRET_LENGTH);
        if (plain.has(part)) found.add(part);
      }
    }
    return found.size;
  };
}

function formsOf(secret: string): string[] {
  const text = Buffer.from(secret);
  const hashes = ["sha256", "sha1", "md5"].map((name) => createHash(name).update(text).digest());
  return [text, ...hashes].flatMap((bytes) => [bytes.toString("hex"), bytes.toString("base64").replace(/=+$/, "")]);
}

async function searchTables(client: Client, search: Search): Promise<Violation[]> {
  const { rows: tables } = await client.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  const found: Violation[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    const hits = search(rows.map(({ text }) => text).join("\n"));
    if (hits > 0) found.push({ kind: "secret", what: `the table ${name} holds ${hits} secrets` });
  }
  return found;
}

function searchFolder(folder: string, search: Search): Violation[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry): Violation[] => {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || statSync(path).size > FILE_MAX_BYTES) return [];
    const hits = search(readFileSync(path).toString("latin1"));
    return hits > 0 ? [{ kind: "secret", what: `${path} holds ${hits} secrets` }] : [];
  });
}
