import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDatabase } from "../fixtures/database";
import { ROOT } from "../fixtures/portal";
import type { History } from "./history";
import type { World } from "./world/world";

const TABLES = ["access_keys", "operations", "receipts", "principals", "audit_events", "pgboss.job"];
const LOGS = ["up.log", "second-web.log", "postgres/server.log"];

/** Saves logs, tables and the history, for whoever looks for the cause of a violation. No secret is saved. */
export async function saveEvidence(world: World, history: History, seed: number): Promise<string> {
  const folder = join(ROOT, "test-results", `chaos-${seed}`);
  mkdirSync(folder, { recursive: true });
  const attempts = history.attempts.map(({ key, ...attempt }) => ({
    ...attempt,
    key: key && { ...key, secretAccessKey: undefined },
  }));
  writeJson(folder, "history.json", attempts);
  writeJson(
    folder,
    "writes.json",
    world.backends.flatMap(({ proxies }) => proxies.map(({ name, proxy }) => ({ name, writes: proxy.writes }))),
  );
  await withDatabase(world.databaseUrl, async (client) => {
    for (const table of TABLES) writeJson(folder, `${table}.json`, (await client.query(`SELECT * FROM ${table}`)).rows);
  });
  for (const log of LOGS.map((name) => join(world.portal.facts.dataDir, name))) {
    if (existsSync(log)) cpSync(log, join(folder, log.split("/").at(-1) ?? ""));
  }
  return folder;
}

function writeJson(folder: string, name: string, content: unknown): void {
  const text = JSON.stringify(
    content,
    (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
    1,
  );
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}
