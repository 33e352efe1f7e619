import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/database/find-root";

/** Builds the portal if its sources changed, or in any case; gives whether it did. Throws with the build's output. */
export function buildPortal(options: { force: boolean }, signal: AbortSignal): Promise<boolean> {
  const root = findRoot();
  const child = fork(join(root, "bin/build.mjs"), options.force ? ["--force"] : [], { cwd: root, silent: true, signal });
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
