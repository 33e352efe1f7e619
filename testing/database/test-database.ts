import { realpathSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { APPLICATION, type ClusterSettings, LOOPBACK, SUPERUSER, toDatabaseUrl } from "@/lib/postgres/cluster-settings";
import { startCluster } from "@/lib/postgres/cluster";
import { waitForLock } from "@/lib/platform/process-lock";

/** What the tests of one run share; handed to them by the global setup through the environment. */
export type TestCluster = {
  dataDir: string;
  settings: ClusterSettings;
  /** The URL of a database, without its name. */
  urlPrefix: string;
};

const TEMPLATE = "latchkey_template";
const PREPARE_MS = 60_000;

/**
 * Makes a test file's own database, migrated and empty, under the URL that DATABASE_URL already names (so that
 * modules that read it on import get the right one). The first call of a run starts a PostgreSQL for all files;
 * each database is a copy of one template, which takes some 50 ms. Nobody needs to remove it.
 */
export async function startTestDatabase(): Promise<{ url: string }> {
  const url = process.env.DATABASE_URL ?? "";
  const cluster = JSON.parse(process.env.LATCHKEY_TEST_CLUSTER ?? "{}") as TestCluster;
  const { settings } = await startCluster(cluster.dataDir, "db", { throwaway: true });
  const release = await waitForLock(join(realpathSync(cluster.dataDir), "template.lock"), PREPARE_MS);
  const client = new Client({
    host: LOOPBACK,
    port: settings.port,
    user: SUPERUSER,
    password: settings.superuserPassword,
    database: "postgres",
  });
  try {
    await client.connect();
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", [TEMPLATE]);
    if (!found.rowCount) {
      await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`);
      await client.query(`CREATE DATABASE ${TEMPLATE} OWNER ${APPLICATION}`);
      // Only one test file of a run migrates. The schema engine is loaded by that file alone.
      const { deployMigrations } = await import("@/lib/postgres/migrations");
      await deployMigrations(toDatabaseUrl(settings, TEMPLATE));
      await client.query(`ALTER DATABASE ${TEMPLATE} IS_TEMPLATE true`);
    }
    const name = client.escapeIdentifier(new URL(url).pathname.slice(1));
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER ${APPLICATION}`);
  } finally {
    await client.end();
    release();
  }
  return { url };
}
