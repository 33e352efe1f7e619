import { existsSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder, writePrivateFile } from "@/lib/platform/config/write-private-file";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { createDatabase } from "@/lib/platform/db/client";
import { parseJson } from "@/lib/platform/text/parse-json";
import { Secret } from "@/lib/platform/secret";
import { listBuiltinRegions } from "@/lib/supervisor/builtin-regions";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";
import type { Settings } from "@/lib/platform/config/resolve-settings";
import {
  applyFirstRun,
  type BuiltinRegion,
  type FirstRun,
  hasUsers,
  prepareFirstRun,
  syncBuiltinRegions,
} from "@/prisma/first-run";

/** `made`: this start created people. `there`: people exist. `nobody`: nobody can sign in yet. */
export type FirstRunResult = "made" | "there" | "nobody";

/**
 * Creates the people and regions of an empty installation and writes the passwords to first-run.json (mode 0600). The
 * file is written under a temporary name before the transaction and renamed after it. After a kill between the two, the
 * next start renames the file. After a kill before the transaction, the next start writes a new file. A later start
 * only updates the addresses. Throws when first-run.json is damaged.
 */
export async function ensureFirstRun(settings: Settings, mode: FirstRunMode | undefined): Promise<FirstRunResult> {
  const path = join(settings.LATCHKEY_DATA_DIR, "first-run.json");
  const regions: BuiltinRegion[] = listBuiltinRegions(settings).map(({ port: _port, ...region }) => region);
  const database = createDatabase(settings.DATABASE_URL);
  const sync = (wanted: BuiltinRegion[]) =>
    syncBuiltinRegions(
      database,
      wanted,
      new Secret(settings.LATCHKEY_S3_ADMIN_TOKEN),
      parseMasterKey(settings.LATCHKEY_MASTER_KEY),
    );
  try {
    if (await hasUsers(database)) {
      if (existsSync(pendingOf(path))) publish(path);
      const rows = await database.region.findMany({ where: { provider: "builtin" }, select: { name: true } });
      const present = regions.filter(({ name }) => rows.some((row) => row.name === name));
      if (present.length > 0) await sync(present);
      if (existsSync(path)) updateAddresses(path, settings, present);
      return "there";
    }
    if (!mode) return "nobody";
    const offered = mode === "demo" ? regions : [];
    const record = prepareFirstRun(mode, settings.LATCHKEY_URL, offered);
    writePrivateFile(pendingOf(path), toText(record));
    if (offered.length > 0) await sync(offered);
    await applyFirstRun(database, record);
    publish(path);
    return "made";
  } finally {
    await database.$disconnect();
  }
}

function publish(path: string): void {
  renameSync(pendingOf(path), path);
  syncFolder(dirname(path));
}

function updateAddresses(path: string, settings: Settings, present: BuiltinRegion[]): void {
  const text = readFileSync(path, "utf8");
  const record = parseJson(text) as FirstRun | undefined;
  if (!record)
    throw new Error(
      `${path} is damaged. Save its passwords elsewhere, then remove the file: Latchkey does not need it.`,
    );
  const regions = present.map(({ name, endpoint, signingRegion }) => ({ name, endpoint, signingRegion }));
  const changed = toText({ ...record, url: settings.LATCHKEY_URL, regions });
  if (changed !== text) writePrivateFile(path, changed);
}

function toText(record: FirstRun): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function pendingOf(path: string): string {
  return `${path}.pending`;
}
