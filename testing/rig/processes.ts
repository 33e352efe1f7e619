import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const RUN_WITHIN_MS = 270_000;
const STOP_WITHIN_MS = 30_000;
const POLL_MS = 25;

/** Debian's own programs and Python: an interpreter of the user's, first in PATH, has no rados and no keystone. */
export const SYSTEM_ENVIRONMENT: NodeJS.ProcessEnv = {
  NODE_ENV: "production",
  LC_ALL: "C",
  PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/",
  no_proxy: "127.0.0.1,localhost",
};

const execute = promisify(execFile);

/** Runs a program to its end and gives what it printed. Throws with what it complained about. */
export async function run(command: string, args: string[], environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await execute(command, args, {
    env: { ...SYSTEM_ENVIRONMENT, ...environment } as NodeJS.ProcessEnv,
    timeout: RUN_WITHIN_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

interface Running {
  pid: number;
  /** The kernel's start time of the process: a pid alone may have passed to another. */
  started: string;
}

/** The pid of a recorded process that runs still. */
export function findRunning(folder: string, name: string): number | undefined {
  const file = pidFile(folder, name);
  if (!existsSync(file)) return undefined;
  const { pid, started } = JSON.parse(readFileSync(file, "utf8")) as Running;
  return readStartTime(pid) === started ? pid : undefined;
}

/** Writes down that a process belongs to this folder. Throws when it does not run. */
export function recordRunning(folder: string, name: string, pid: number | undefined): void {
  const started = pid === undefined ? undefined : readStartTime(pid);
  if (pid === undefined || started === undefined) throw new Error(`${name} does not run`);
  writeFileSync(pidFile(folder, name), JSON.stringify({ pid, started } satisfies Running));
}

/** Starts a program that outlives this process; what it prints goes to its log. Throws when it ends at once. */
export function startProgram(
  folder: string,
  name: string,
  command: string,
  args: string[],
  environment: Record<string, string> = {},
): void {
  const log = openSync(join(folder, "log", `${name}.out`), "a", 0o600);
  let child: ChildProcess;
  try {
    const env: NodeJS.ProcessEnv = { ...SYSTEM_ENVIRONMENT, ...environment };
    child = spawn(command, args, { detached: true, stdio: ["ignore", log, log], env, cwd: folder });
  } finally {
    closeSync(log);
  }
  child.on("error", (error) => process.emitWarning(`${name}: ${error.message}`));
  child.unref();
  recordRunning(folder, name, child.pid);
}

/** Ends a program and waits for its end; one that does not heed SIGTERM is killed. Says whether it ended by itself. */
export async function stopProgram(folder: string, name: string, signal: NodeJS.Signals = "SIGTERM"): Promise<boolean> {
  const pid = findRunning(folder, name);
  let clean = true;
  if (pid !== undefined) {
    process.kill(pid, signal);
    const until = Date.now() + STOP_WITHIN_MS;
    while (findRunning(folder, name) !== undefined && Date.now() < until) await pause(POLL_MS);
    if (findRunning(folder, name) !== undefined) {
      clean = false;
      await killProgram(folder, name);
    }
  }
  rmSync(pidFile(folder, name), { force: true });
  return clean;
}

/** Ends a program, and whatever it has started, as a crash does, and waits for its end. */
export async function killProgram(folder: string, name: string): Promise<void> {
  const pid = findRunning(folder, name);
  // Each was started as the leader of a group of its own.
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
  while (findRunning(folder, name) !== undefined) await pause(POLL_MS);
}

/** Asks until it is so; fails with the name of what was waited for. */
export async function waitUntil(what: string, isSo: () => Promise<boolean>, seconds = 180): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`${what} was not ready after ${seconds} s`);
    await pause(POLL_MS);
  }
}

/** Whether an HTTP server answers at all. */
export async function answers(url: string): Promise<boolean> {
  const reply = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await reply?.body?.cancel();
  return reply !== undefined && reply.status < 500;
}

function pidFile(folder: string, name: string): string {
  return join(folder, "run", `${name}.json`);
}

/** Undefined when the process is gone or a zombie. */
function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
