import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { deployMigrations } from "@/lib/postgres/migrations";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { createDatabase } from "@/lib/platform/db/client";
import { dropFormerKeys } from "@/lib/regions/master-key/drop-former-keys";
import { planStores } from "@/lib/supervisor/builtin-stores";
import { ensureFirstRun } from "@/lib/supervisor/first-run";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";
import type { PreparedDatabase } from "@/lib/supervisor/prepare";
import { applyRegionsFile } from "@/lib/regions/file/apply-regions-file";
import { readRegionsFile, type RegionsFile } from "@/lib/regions/file/read-regions-file";
import { finishSettings, planSettings } from "@/lib/platform/config/resolve-settings";
import { step } from "@/lib/supervisor/step";
import type { PrismaClient } from "@/prisma/generated/client";

// A separate process, so that the long-lived supervisor keeps neither the schema engine nor a database client.
const settings = finishSettings(planSettings(process.env), {}, process.env.DATABASE_URL ?? "");
const mode = process.argv[2] as FirstRunMode | undefined;
const result: PreparedDatabase = { firstRun: "nobody", stores: {} };

try {
  // The file is read first, so that its problems are reported before anything changes.
  const file = settings.LATCHKEY_REGIONS ? readRegionsFile(settings.LATCHKEY_REGIONS) : undefined;
  await step("Migrations", async () => (await deployMigrations(settings.DATABASE_URL)).length > 0);
  await step("First-run data", async () => {
    result.firstRun = await ensureFirstRun(settings, mode);
    return result.firstRun === "made";
  });
  if (file) await applyDeclaredRegions(file);
  result.stores = await withDatabase(planStores);
  if (settings.LATCHKEY_MASTER_KEY_FORMER)
    await step("Former master keys", () =>
      withDatabase((database) => dropFormerKeys(database, settings, new Date())).then((dropped) => dropped > 0),
    );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
// An explicit exit: Prisma keeps an idle connection, and so the process, for 10 s after the client is closed.
process.send?.(result, () => process.exit(0));

async function applyDeclaredRegions(file: RegionsFile): Promise<void> {
  const masterKey = parseMasterKey(settings.LATCHKEY_MASTER_KEY);
  const { lines } = await step("Regions file", () =>
    withDatabase((database) => applyRegionsFile(database, file, masterKey, SYSTEM_ACTOR)),
  );
  for (const line of lines) console.log(`  ${line}`);
}

async function withDatabase<T>(work: (database: PrismaClient) => Promise<T>): Promise<T> {
  const database = createDatabase(settings.DATABASE_URL);
  try {
    return await work(database);
  } finally {
    await database.$disconnect();
  }
}
