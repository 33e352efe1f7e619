import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** The processes that are paused now. */
const paused = new Set<number>();

/**
 * Pauses a process for `ms` milliseconds; a negative `target` is a process group. Returns false when the target was
 * paused already or ended meanwhile.
 */
export async function pauseProcess(target: number, ms: number): Promise<boolean> {
  if (paused.has(target)) return false;
  process.kill(target, "SIGSTOP");
  paused.add(target);
  try {
    await wait(ms);
    return readState(Math.abs(target)) === "T";
  } finally {
    resume(target);
  }
}

/** Resumes every paused process: a paused process does not react to a request to end. */
export function resumeAll(): void {
  for (const target of paused) resume(target);
}

function resume(target: number): void {
  paused.delete(target);
  try {
    process.kill(target, "SIGCONT");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The kernel's letter for the state of a process; T means stopped. Undefined when there is no such process. */
function readState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0];
  } catch {
    return undefined;
  }
}
