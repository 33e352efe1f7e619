import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./root.mjs";

/**
 * Runs a script of node_modules and returns its exit code. With a `label`, each line of its output is printed with the
 * label before it, so that the output of scripts that run at the same time can be told apart.
 */
export async function runScript(script, args, environment, label) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...environment };
  const child = spawn(process.execPath, [join(ROOT, "node_modules", script), ...args], {
    cwd: ROOT,
    env,
    stdio: label ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", (line) => console.log(`${label.padEnd(6)} | ${line}`));
  }
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  });
}
