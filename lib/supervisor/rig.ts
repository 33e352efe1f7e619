import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";

/** Where the rig of an installation keeps its state, its logs and rig.json. */
export function findRigFolder(dataDir: string): string {
  return join(dataDir, "rig");
}

/**
 * Brings the rig up, a real Ceph and Keystone on loopback, or leaves it as it runs. Throws with what it complained
 * about.
 */
export function startRig(dataDir: string, port: string | undefined, signal: AbortSignal): Promise<void> {
  return runRig(["up", "--folder", findRigFolder(dataDir), ...(port === undefined ? [] : ["--port", port])], signal);
}

/** Stops the rig and keeps its state. */
export function stopRig(dataDir: string): Promise<void> {
  return runRig(["down", "--folder", findRigFolder(dataDir)]);
}

/** It is a program of its own: the portal knows nothing of how its storage systems are run. */
function runRig(args: string[], signal?: AbortSignal): Promise<void> {
  // In a group of its own: Ctrl-C must not end the one that stops the rig, and the one that starts it ends with its
  // helpers.
  const child = fork(join(findRoot(), "dist/rig/main.mjs"), args, { cwd: findRoot(), silent: true, detached: true });
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGTERM");
  };
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  let complaint = "";
  child.stdout?.resume();
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      signal?.removeEventListener("abort", end);
      if (code === 0) resolve();
      else reject(new Error(`The rig could not be ${args[0] === "up" ? "started" : "stopped"}: ${complaint.trim()}`));
    });
  });
}
