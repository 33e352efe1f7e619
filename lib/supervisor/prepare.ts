import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";
import type { ExpectedStores } from "@/lib/supervisor/builtin-stores";
import type { FirstRunResult } from "@/lib/supervisor/first-run";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";

/** What the child process found. */
export interface PreparedDatabase {
  firstRun: FirstRunResult;
  stores: ExpectedStores;
}

/**
 * Migrates the database, creates the first-run data and applies the regions file, in a child process. Throws when a
 * step fails; the child process has printed the cause by then. A regions file may name any of our environment
 * variables, so only this child process gets all of them.
 */
export async function prepareDatabase(
  environment: Record<string, string>,
  mode: FirstRunMode | undefined,
  signal: AbortSignal,
): Promise<PreparedDatabase> {
  const all = { ...(environment.LATCHKEY_REGIONS ? process.env : {}), ...environment };
  const { code, message } = await runToEnd("prepare", mode ? [mode] : [], all, signal);
  if (code === 0 && message) return message as PreparedDatabase;
  throw new Error("The database could not be prepared; the cause is printed above.");
}

/** Checks and saves the rig's regions. Throws when a check fails; the child process has printed the cause by then. */
export async function addRigRegions(environment: Record<string, string>, signal: AbortSignal): Promise<void> {
  const { code } = await runToEnd("rig-regions", [], environment, signal);
  if (code !== 0) throw new Error("The rig's regions could not be added; the cause is printed above.");
}

/** Work on the database runs in a child process, so that the long-lived supervisor keeps no database client. */
function runToEnd(
  program: string,
  args: string[],
  environment: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<{ code: number | null; message: unknown }> {
  const child = fork(join(findRoot(), `dist/${program}.mjs`), args, {
    env: { ...environment, NODE_ENV: "production", LOG_LEVEL: "warn" },
    signal,
    execArgv: ["--enable-source-maps"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let message: unknown;
  child.once("message", (sent) => {
    message = sent;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, message }));
  });
}
