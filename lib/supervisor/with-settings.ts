import { makeDataDir } from "@/lib/platform/config/make-data-dir";
import { drawSecrets, ensureSecrets, listMissingSecrets } from "@/lib/platform/config/stored-secrets";
import {
  finishSettings,
  type PlannedSettings,
  planSettings,
  type Settings,
  toEnvironment,
} from "@/lib/platform/config/resolve-settings";
import { hasCluster } from "@/lib/postgres/cluster";
import { explain } from "@/lib/supervisor/explain";
import { findFileProblem } from "@/lib/supervisor/find-file-problem";
import { openDatabase } from "@/lib/supervisor/open-database";

/** A database that nothing connects to: help needs none. */
const NO_DATABASE = "postgresql://nowhere.invalid/none";

/**
 * Runs a command with the settings that `npm run up` would use. The database is DATABASE_URL or the embedded database.
 * If the embedded database does not run, it is started for the command and stopped afterwards. Where `npm run up` never
 * ran, nothing is made: an error says so. With `help` the command only prints its help, which needs nothing. An error
 * is printed and sets exit code 1.
 */
export async function withSettings(work: () => Promise<unknown>, { help = false } = {}): Promise<void> {
  try {
    const plan = planSettings(process.env);
    if (help) {
      setEnvironment(plan, finishSettings(plan, drawSecrets(), NO_DATABASE));
      await work();
      return;
    }
    const problem = findNeverStarted(plan) ?? findFileProblem({ NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS });
    if (problem) throw new Error(problem);
    makeDataDir(plan.LATCHKEY_DATA_DIR);
    const database = await openDatabase(plan);
    try {
      setEnvironment(plan, finishSettings(plan, ensureSecrets(plan), database.url));
      await work();
    } finally {
      await database.close();
    }
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function setEnvironment(plan: PlannedSettings, settings: Settings): void {
  Object.assign(process.env, toEnvironment(settings));
  process.env.LOG_LEVEL = plan.LOG_LEVEL === "info" ? "warn" : plan.LOG_LEVEL;
}

/** A sentence when this installation was never started: it has no database, or secrets that were never drawn. */
function findNeverStarted(plan: PlannedSettings): string | undefined {
  const folder = plan.LATCHKEY_DATA_DIR;
  const advice = "Run `npm run up` once, or set LATCHKEY_DATA_DIR to the folder that you mean. Nothing was changed.";
  if (!plan.DATABASE_URL && !hasCluster(folder))
    return `Latchkey was never started on ${folder}: it has no database. ${advice}`;
  const missing = listMissingSecrets(plan);
  if (missing.length === 0) return undefined;
  return `Latchkey was never started on ${folder}: it has no ${missing.join(", ")}. ${advice}`;
}
