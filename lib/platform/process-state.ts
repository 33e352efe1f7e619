import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const HAS_PROC = existsSync("/proc/self/stat");

/**
 * Whether a process lives. A zombie does not: where process 1 reaps nobody (many containers), a killed process
 * stays in the table for ever, and signal 0 alone would call it alive.
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
 * The command line with its arguments separated by spaces, or undefined when the process is gone or a zombie.
 * Process ids are used again, so a pid read from a file says nothing without it.
 */
export function readCommandLine(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (!HAS_PROC) return readFromPs(pid, "command");
  const text = readProc(pid, "cmdline");
  return text?.replaceAll("\0", " ").trim();
}

/** A text that differs between two processes that were given the same pid one after the other. */
export function readStartTime(pid: number): string | undefined {
  if (!HAS_PROC) return readFromPs(pid, "lstart");
  return afterName(readProc(pid, "stat"))?.split(" ")[19];
}

function readState(pid: number): string | undefined {
  if (!HAS_PROC) return readFromPs(pid, "stat")?.charAt(0);
  return afterName(readProc(pid, "stat"))?.charAt(0);
}

/** The fields of /proc/PID/stat from the state on; the name before them is in brackets and may hold anything. */
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
