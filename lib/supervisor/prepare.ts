import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/database/find-root";
import type { FirstRunResult } from "@/lib/supervisor/first-run";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";

/**
 * Migrates the database, makes the first-run data and applies the regions file. Throws when one fails; the cause is
 * printed by then. The file may name any variable of ours, which is why this process, and no other, gets them all.
 */
export function prepareDatabase(
  environment: Record<string, string>,
  mode: FirstRunMode | undefined,
  signal: AbortSignal,
): Promise<FirstRunResult> {
  const child = fork(join(findRoot(), "dist/prepare.mjs"), mode ? [mode] : [], {
    env: { ...(environment.LATCHKEY_REGIONS ? process.env : {}), ...environment, NODE_ENV: "production", LOG_LEVEL: "warn" },
    signal,
    execArgv: ["--enable-source-maps"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let result: FirstRunResult | undefined;
  child.once("message", (message: FirstRunResult) => {
    result = message;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0 && result) resolve(result);
      else reject(new Error("The database could not be prepared; what went wrong is printed above."));
    });
  });
}
