import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isAlive, readStartTime } from "@/lib/platform/process-state";
import { writePrivateFile } from "@/lib/platform/config/write-private-file";

const Noted = z.array(z.object({ name: z.string(), pid: z.int().positive(), startTime: z.string().optional() }));
type Noted = z.infer<typeof Noted>;

const ASK_MS = 5_000;
const POLL_MS = 50;

/** Notes a started program in the data folder. If this process is killed, the next start finds the program there. */
export function noteChild(dataDir: string, name: string, pid: number): void {
  const others = readNoted(dataDir).filter((entry) => entry.name !== name);
  const noted: Noted = [...others, { name, pid, startTime: readStartTime(pid) }];
  writePrivateFile(pathOf(dataDir), JSON.stringify(noted));
}

/**
 * Ends the programs that a killed start left running, with SIGTERM, and after 5 s with SIGKILL. Returns whether there
 * were any. A process that reuses the pid of such a program is left alone.
 */
export async function stopOrphanedProcesses(dataDir: string): Promise<boolean> {
  const left = readNoted(dataDir).filter(({ pid, startTime }) => isAlive(pid) && readStartTime(pid) === startTime);
  for (const { pid } of left) process.kill(pid, "SIGTERM");
  const end = Date.now() + ASK_MS;
  while (left.some(({ pid }) => isAlive(pid))) {
    if (Date.now() > end)
      for (const { pid } of left.filter((entry) => isAlive(entry.pid))) process.kill(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return left.length > 0;
}

function readNoted(dataDir: string): Noted {
  const path = pathOf(dataDir);
  return existsSync(path) ? Noted.parse(JSON.parse(readFileSync(path, "utf8"))) : [];
}

function pathOf(dataDir: string): string {
  return join(dataDir, "processes.json");
}
