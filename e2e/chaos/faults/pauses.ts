import { findRunning } from "@/testing/rig/processes";
import type { Random } from "../random";
import { pauseProcess } from "../world/pause-process";
import type { World } from "../world/world";
import type { FaultKind } from "./fault-kind";

/** A lease lasts 30 s. A process that is paused for longer has lost its lease when it resumes, and does not know. */
const LONG_MS = [31_000, 40_000] as const;
const SHORT_MS = [1_000, 9_000] as const;
const REST_MS = 20_000;

/**
 * Processes that are paused and resume later, as on a machine that is suspended or swaps. `long` is the share of
 * pauses that are longer than a lease.
 */
export function listPauses({ portal, second, rig }: World, long: number): FaultKind[] {
  const pause = (what: string, find: (random: Random) => Promise<number | undefined>) => pauseFound(what, long, find);
  const folder = rig?.options.folder ?? "";
  return [
    pause("web", () => portal.pidOf("web")),
    pause("second web", async () => second.pid()),
    pause("worker", () => portal.pidOf("worker")),
    pause("built-in server", () => portal.pidOf("builtin-s3")),
    ...(rig ? [pause("radosgw", async (random) => findRunning(folder, random.pick(rig.gateways).name))] : []),
    ...(rig?.keystone ? [pause("Keystone", async () => toGroup(findRunning(folder, "keystone")))] : []),
  ];
}

/** Keystone's workers are processes of the group that its main process leads. */
const toGroup = (pid: number | undefined) => (pid === undefined ? undefined : -pid);

function pauseFound(
  what: string,
  long: number,
  findTarget: (random: Random) => Promise<number | undefined>,
): FaultKind {
  return {
    name: `pause ${what}`,
    crash: false,
    weight: 3,
    restMs: REST_MS,
    async inject(random) {
      const target = await findTarget(random);
      const [low, high] = random.chance(long) ? LONG_MS : SHORT_MS;
      return target !== undefined && (await pauseProcess(target, random.between(low, high)));
    },
  };
}
