import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";
import type { FirstRunResult } from "@/lib/supervisor/first-run";
import type { FirstRunMode } from "@/lib/supervisor/first-run-mode";

/**
 * Migrates the database, makes the first-run data and applies the regions file. Throws when one fails; the cause is
 * printed by then. The file may name any variable of ours, which is why this process, and no other, gets them all.
 */
export async function prepareDatabase(
  environment: Record<string, string>,
  mode: FirstRunMode | undefined,
  signal: AbortSignal,
): Promise<FirstRunResult> {
  const all = { ...(environment.LATCHKEY_REGIONS ? process.env : {}), ...environment };
  const { code, message } = await runToEnd("prepare", mode ? [mode] : [], all, signal);
  if (code === 0 && message) return message as FirstRunResult;
  throw new Error("The database could not be prepared; what went wrong is printed above.");
}

/** Saves the rig's regions, once they pass their checks. Throws when one does not; the cause is printed by then. */
export async function addRigRegions(environment: Record<string, string>, signal: AbortSignal): Promise<void> {
  const { code } = await runToEnd("rig-regions", [], environment, signal);
  if (code !== 0) throw new Error("The rig's regions could not be added; what went wrong is printed above.");
}

/** A process of its own for what needs the database: the long-lived supervisor keeps no client of it. */
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
