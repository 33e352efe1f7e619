import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "@/lib/platform/process-state";

/** A running server of a database folder. */
export type Postmaster = { pid: number; port: number };

const POLL_MS = 50;
/** Processes of a killed server notice its death within milliseconds, unless they are busy. */
const WAIT_BEFORE_QUIT_MS = 2_000;
const WAIT_AFTER_QUIT_MS = 10_000;

/**
 * The running server of a database folder, or undefined. `postmaster.pid` alone proves nothing: the file outlives a
 * killed server, and the pid in it may belong to a zombie or to another program by then.
 */
export function findPostmaster(folder: string): Postmaster | undefined {
  const lines = readPidFile(folder);
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 1) return undefined;
  const command = readCommandLine(pid);
  if (!command?.includes("postgres")) return undefined;
  const workingFolder = readWorkingFolder(pid);
  const ours = workingFolder === undefined ? command.includes(folder) : workingFolder === realpathSync(folder);
  return ours ? { pid, port: Number(lines[3]) } : undefined;
}

/**
 * Prepares the folder of a killed server for the next start. Waits until its last process has detached from the shared
 * memory, sends SIGQUIT to the processes that do not detach within 2 s, and removes the pid file. Does nothing while a
 * server runs. Throws when processes are still attached 10 s after SIGQUIT.
 */
export async function clearDeadPostmaster(folder: string): Promise<void> {
  const lines = readPidFile(folder);
  if (!lines || findPostmaster(folder)) return;
  const [key = "", id = ""] = (lines[6] ?? "").trim().split(/\s+/);
  if (!(await waitUntilDetached(key, id, WAIT_BEFORE_QUIT_MS))) {
    for (const pid of findProcessesIn(folder)) process.kill(pid, "SIGQUIT");
    if (!(await waitUntilDetached(key, id, WAIT_AFTER_QUIT_MS))) {
      throw new Error(`processes of a killed PostgreSQL still use ${folder}`);
    }
  }
  rmSync(join(folder, "postmaster.pid"), { force: true });
}

function readPidFile(folder: string): string[] | undefined {
  try {
    return readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function waitUntilDetached(key: string, id: string, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isAttached(key, id)) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** Whether any process is attached to the System V segment with which PostgreSQL guards its folder. */
function isAttached(key: string, id: string): boolean {
  const table = "/proc/sysvipc/shm";
  if (!existsSync(table)) return false;
  return readFileSync(table, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .some((fields) => fields[0] === key && fields[1] === id && Number(fields[6]) > 0);
}

function findProcessesIn(folder: string): number[] {
  const real = realpathSync(folder);
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 1 && readWorkingFolder(pid) === real && readCommandLine(pid)?.includes("postgres"));
}

function readWorkingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
