import { deployMigrations } from "@/lib/database/migrations";
import { ensureFirstRun } from "@/lib/supervisor/first-run";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";
import { finishSettings, planSettings } from "@/lib/supervisor/resolve-settings";
import { step } from "@/lib/supervisor/step";

// A process of its own, so that the long-lived supervisor does not keep the schema engine and a database client.
const settings = finishSettings(planSettings(process.env), {}, process.env.DATABASE_URL ?? "");
const mode = process.argv[2] as FirstRunMode | undefined;

await step("Migrations", async () => (await deployMigrations(settings.DATABASE_URL)).length > 0);
await step("First-run data", async () => {
  const result = await ensureFirstRun(settings, mode);
  process.send?.(result);
  return result === "made";
});
process.disconnect?.();
