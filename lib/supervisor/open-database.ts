import { startCluster, stopCluster } from "@/lib/postgres/cluster";
import { expectDatabase } from "@/lib/postgres/expect-database";
import { type PlannedSettings, planSettings } from "@/lib/platform/config/resolve-settings";

/** A database a command may use; `close` stops it again when it did not run before. */
export type OpenDatabase = { url: string; close: () => Promise<void> };

/** The database that the settings name, started when it is the embedded one. */
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
