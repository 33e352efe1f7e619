import { findRunning } from "@/testing/rig/processes";
import type { FaultKind } from "./fault-kind";
import type { Random } from "./random";
import { stopFor } from "./stop-process";
import type { World } from "./world";

/** A lease lasts 30 s: some of the stopped have lost theirs when they go on, and do not know. */
const LONG_MS = [31_000, 40_000] as const;
const SHORT_MS = [1_000, 9_000] as const;
const REST_MS = 20_000;

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
