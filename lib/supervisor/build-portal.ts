import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";
import { waitForLock } from "@/lib/platform/process-lock";

const BUILD_WITHIN_MS = 600_000;

/**
 * Builds the portal if its sources changed, or always with `force`. Returns whether it built. Two starts of one clone
 * on two data folders build one after the other. Throws with the build's output, and when another build takes longer
 * than 10 minutes.
 */
export async function buildPortal(options: { force: boolean }, signal: AbortSignal): Promise<boolean> {
  const root = findRoot();
  const release = await waitForLock(join(root, "dist/build.lock"), BUILD_WITHIN_MS);
  try {
    return await runBuild(root, options.force, signal);
  } finally {
    release();
  }
}

function runBuild(root: string, force: boolean, signal: AbortSignal): Promise<boolean> {
  const child = fork(join(root, "bin/build.mjs"), force ? ["--force"] : [], { cwd: root, silent: true, signal });
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString("utf8");
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output.startsWith("Built"));
      else reject(new Error(output.trim()));
    });
  });
}
