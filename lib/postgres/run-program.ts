import { spawn } from "node:child_process";
import { asUser, type OsUser } from "@/lib/postgres/os-user";

const OUTPUT_KEPT = 4_000;
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin",
  LC_ALL: "C",
};

/**
 * Runs one of PostgreSQL's programs until it exits. The program gets none of our environment variables, because they
 * hold secrets. Throws with the last 4,000 characters of the output when the program fails.
 */
export async function runProgram(user: OsUser | undefined, command: string, args: string[]): Promise<void> {
  const call = asUser(user, command, args);
  const child = spawn(call.file, call.args, {
    ...call.ids,
    cwd: "/",
    env: ENVIRONMENT as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-OUTPUT_KEPT);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    // "exit", not "close": the server that pg_ctl starts keeps the pipes open.
    child.once("exit", resolve);
  });
  child.stdout.destroy();
  child.stderr.destroy();
  if (code !== 0) throw new Error(`${command} failed (${code}): ${output.trim()}`);
}
