import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { findRunning } from "../rig/processes";
import type { FaultKind } from "./fault-kind";
import type { Random } from "./random";
import type { World } from "./world";

/** A lease lasts 30 s: some of the stopped have lost theirs when they go on, and do not know. */
const LONG_MS = [31_000, 40_000] as const;
const SHORT_MS = [1_000, 9_000] as const;
const REST_MS = 20_000;

/** What is stopped now, so that nothing stays so when a storm is broken off. */
const stopped = new Set<number>();

/**
 * Processes that stop, as on a machine that is paused or swaps, and go on later as if nothing had been; `long` is how
 * many of them do so for longer than a lease.
 */
export function listStops({ portal, second, rig }: World, long: number): FaultKind[] {
  const stop = (what: string, find: (random: Random) => Promise<number | undefined>) => stopFound(what, long, find);
  const folder = rig?.options.folder ?? "";
  return [
    stop("web", () => portal.pidOf("web")),
    stop("second web", async () => second.pid()),
    stop("worker", () => portal.pidOf("worker")),
    stop("built-in server", () => portal.pidOf("builtin-s3")),
    ...(rig ? [stop("radosgw", async (random) => findRunning(folder, random.pick(rig.gateways).name))] : []),
    // Its workers are processes of the group that it leads.
    ...(rig?.keystone ? [stop("Keystone", async () => leadBy(findRunning(folder, "keystone")))] : []),
  ];
}

const leadBy = (pid: number | undefined) => (pid === undefined ? undefined : -pid);

function stopFound(what: string, long: number, findTarget: (random: Random) => Promise<number | undefined>): FaultKind {
  return {
    name: `stop ${what}`,
    crash: false,
    weight: 3,
    restMs: REST_MS,
    async strike(random) {
      const target = await findTarget(random);
      const [low, high] = random.chance(long) ? LONG_MS : SHORT_MS;
      return target !== undefined && (await stopFor(target, random.between(low, high)));
    },
  };
}

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
