import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { stopCluster } from "@/lib/postgres/cluster";
import { ensureClusterSettings, toDatabaseUrl } from "@/lib/postgres/cluster-settings";
import { DATA_DIR_MODE } from "@/lib/platform/config/make-data-dir";
import { readLock, takeLock } from "@/lib/platform/process-lock";
import type { TestCluster } from "@/testing/database/test-database";

declare module "vitest" {
  interface ProvidedContext {
    testCluster: TestCluster;
    testSettings: Record<string, string>;
  }
}

const PREFIX = "latchkey-test-";
/** A run that has just begun may not hold its lock yet. */
const YOUNG_MS = 60_000;

/** Decides where this run's PostgreSQL will be; the first test file that needs it starts it. Stops it at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const dataDir = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(dataDir, DATA_DIR_MODE);
  const lock = takeLock(join(dataDir, "run.lock"));
  const settings = await ensureClusterSettings(dataDir);
  project.provide("testCluster", { dataDir, settings, urlPrefix: toDatabaseUrl(settings, "") });
  project.provide("testSettings", drawSettings());
  return async () => {
    await stopCluster(dataDir);
    if (lock.ok) lock.release();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** Runs that were killed leave their server running. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const dataDir = join(tmpdir(), name);
    if (readLock(join(dataDir, "run.lock")) || Date.now() - statSync(dataDir).mtimeMs < YOUNG_MS) continue;
    await stopCluster(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function drawSettings(): Record<string, string> {
  const draw = () => randomBytes(32).toString("base64");
  return {
    LATCHKEY_URL: "http://127.0.0.1:3000",
    LATCHKEY_S3_URL_NORTH: "http://127.0.0.1:9000",
    LATCHKEY_S3_URL_SOUTH: "http://127.0.0.1:9001",
    S3_ADMIN_PORT: "9002",
    LATCHKEY_MASTER_KEY: draw(),
    LATCHKEY_SESSION_SECRET: draw(),
    LATCHKEY_S3_ADMIN_TOKEN: draw(),
    LATCHKEY_HEALTH_TOKEN: draw(),
    LOG_LEVEL: "silent",
  };
}
