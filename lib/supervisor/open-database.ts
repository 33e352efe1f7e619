import { startCluster, stopCluster } from "@/lib/postgres/cluster";
import { expectDatabase } from "@/lib/postgres/expect-database";
import { type PlannedSettings, planSettings } from "@/lib/platform/config/resolve-settings";

/** A database for a command. `close` stops the database if the command started it. */
export type OpenDatabase = { url: string; close: () => Promise<void> };

/**
 * Opens the database that the settings name. Starts the embedded database if it does not run. Throws when that fails.
 */
export async function openDatabase(plan: PlannedSettings = planSettings(process.env)): Promise<OpenDatabase> {
  if (plan.DATABASE_URL) {
    await expectDatabase(plan.DATABASE_URL);
    return { url: plan.DATABASE_URL, close: async () => undefined };
  }
  const cluster = await startCluster(plan.LATCHKEY_DATA_DIR, "command");
  return {
    url: cluster.url,
    close: async () => {
      if (cluster.mine) await stopCluster(plan.LATCHKEY_DATA_DIR, "command");
    },
  };
}
