import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

/** Runs a script of node_modules and returns its exit code. */
export function runScript(script, args, environment = {}) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...environment };
  const child = spawn(process.execPath, [join(ROOT, "node_modules", script), ...args], {
    cwd: ROOT,
    env,
    stdio: "inherit",
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  });
}
