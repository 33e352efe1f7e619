import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const HAS_PROC = existsSync("/proc/self/stat");

/**
 * Whether a process is alive. A zombie is not. In many containers process 1 never reaps zombies, so a killed process
 * stays in the process table, and signal 0 alone would count it as alive.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return readState(pid) !== "Z";
}

/**
 * A process's command line, its arguments separated by spaces, or undefined when the process has ended. Process ids are
 * used again, so compare this before you trust a process id from a file.
 */
export function readCommandLine(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (!HAS_PROC) return readFromPs(pid, "command");
  const text = readProc(pid, "cmdline");
  return text?.replaceAll("\0", " ").trim();
}

/** The start time of a process, as an opaque text. It tells apart two processes that had the same process id. */
export function readStartTime(pid: number): string | undefined {
  if (!HAS_PROC) return readFromPs(pid, "lstart");
  return afterName(readProc(pid, "stat"))?.split(" ")[19];
}

function readState(pid: number): string | undefined {
  if (!HAS_PROC) return readFromPs(pid, "stat")?.charAt(0);
  return afterName(readProc(pid, "stat"))?.charAt(0);
}

/** The fields of /proc/PID/stat after the name. The name stands in parentheses and may contain anything. */
function afterName(stat: string | undefined): string | undefined {
  return stat?.slice(stat.lastIndexOf(")") + 2);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

function readFromPs(pid: number, column: string): string | undefined {
  try {
    return execFileSync("ps", ["-p", String(pid), "-o", `${column}=`], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
