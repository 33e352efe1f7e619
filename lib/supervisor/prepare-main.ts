import { deployMigrations } from "@/lib/database/migrations";
import { ensureFirstRun, type FirstRunResult } from "@/lib/supervisor/first-run";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";
import { finishSettings, planSettings } from "@/lib/supervisor/resolve-settings";
import { step } from "@/lib/supervisor/step";

// A process of its own, so that the long-lived supervisor does not keep the schema engine and a database client.
const settings = finishSettings(planSettings(process.env), {}, process.env.DATABASE_URL ?? "");
const mode = process.argv[2] as FirstRunMode | undefined;
let result: FirstRunResult = "nobody";

try {
  await step("Migrations", async () => (await deployMigrations(settings.DATABASE_URL)).length > 0);
  await step("First-run data", async () => {
    result = await ensureFirstRun(settings, mode);
    return result === "made";
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
// Told to end: Prisma keeps an idle connection, and with it the process, for ten seconds after it was closed.
process.send?.(result, () => process.exit(0));
