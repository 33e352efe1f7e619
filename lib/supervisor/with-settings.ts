import { ensureSecrets } from "@/lib/platform/config/stored-secrets";
import { makeDataDir } from "@/lib/platform/config/make-data-dir";
import { explain } from "@/lib/supervisor/explain";
import { openDatabase } from "@/lib/supervisor/open-database";
import { finishSettings, planSettings, toEnvironment } from "@/lib/platform/config/resolve-settings";

/**
 * Runs a command with the settings that `npm run up` would use. The database is DATABASE_URL or the embedded database.
 * If the embedded database does not run, it is started for the command and stopped afterwards. An error is printed and
 * sets exit code 1.
 */
export async function withSettings(work: () => Promise<unknown>): Promise<void> {
  try {
    const plan = planSettings(process.env);
    makeDataDir(plan.LATCHKEY_DATA_DIR);
    const database = await openDatabase(plan);
    try {
      Object.assign(process.env, toEnvironment(finishSettings(plan, ensureSecrets(plan), database.url)));
      process.env.LOG_LEVEL = plan.LOG_LEVEL === "info" ? "warn" : plan.LOG_LEVEL;
      await work();
    } finally {
      await database.close();
    }
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}
