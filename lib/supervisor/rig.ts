import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";

/** The folder with the state, the logs and the rig.json of an installation's rig. */
export function findRigFolder(dataDir: string): string {
  return join(dataDir, "rig");
}

/**
 * Starts the rig, a real Ceph and Keystone on loopback, or does nothing if the rig runs. Throws with the rig's error
 * output.
 */
export function startRig(dataDir: string, port: string | undefined, signal: AbortSignal): Promise<void> {
  return runRig(["up", "--folder", findRigFolder(dataDir), ...(port === undefined ? [] : ["--port", port])], signal);
}

/** Stops the rig and keeps its state. Throws with the rig's error output. */
export function stopRig(dataDir: string): Promise<void> {
  return runRig(["down", "--folder", findRigFolder(dataDir)]);
}

/** The rig is a separate program: the portal does not know how its storage systems are run. */
function runRig(args: string[], signal?: AbortSignal): Promise<void> {
  // A separate process group: Ctrl-C must not end the process that stops the rig. The process that starts the rig must
  // end together with its helpers.
  const child = fork(join(findRoot(), "dist/rig/main.mjs"), args, { cwd: findRoot(), silent: true, detached: true });
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGTERM");
  };
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  let errorOutput = "";
  child.stdout?.resume();
  child.stderr?.on("data", (chunk: Buffer) => {
    errorOutput += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      signal?.removeEventListener("abort", end);
      if (code === 0) resolve();
      else reject(new Error(`The rig could not be ${args[0] === "up" ? "started" : "stopped"}: ${errorOutput.trim()}`));
    });
  });
}
