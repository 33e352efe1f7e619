import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** What is stopped now, so that nothing stays so when a storm is broken off. */
const stopped = new Set<number>();

/** Stops a process, or with its negative a group, for a while. False when that is stopped already, or ends meanwhile. */
export async function stopFor(target: number, ms: number): Promise<boolean> {
  if (stopped.has(target)) return false;
  process.kill(target, "SIGSTOP");
  stopped.add(target);
  try {
    await pause(ms);
    return readState(Math.abs(target)) === "T";
  } finally {
    goOn(target);
  }
}

/** Lets everything that is stopped go on. */
export function goOnEverywhere(): void {
  for (const target of stopped) goOn(target);
}

function goOn(target: number): void {
  stopped.delete(target);
  try {
    process.kill(target, "SIGCONT");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The kernel's letter for what a process does: T for stopped. Undefined when there is none. */
function readState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0];
  } catch {
    return undefined;
  }
}
