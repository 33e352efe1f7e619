import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startGateway } from "@/testing/rig/ceph";
import { restartKeystone } from "@/testing/rig/keystone";
import { findRunning, killProgram } from "@/testing/rig/processes";
import type { FaultKind } from "./fault-kind";
import type { World } from "./world";

/** What the supervisor starts again at once only when it ran for a minute. */
const SUPERVISED_REST_MS = 61_000;
const REST_MS = 8_000;

/** Processes that end without a word. Whatever is not supervised the storm starts again. */
export function listCrashes(world: World): FaultKind[] {
  return [
    killSupervised(world, "web", "web"),
    crash("kill second web", async (random) => {
      if (world.second.pid() === undefined) return false;
      await world.second.kill();
      await pause(random.between(0, 2_500));
      await world.second.start();
      return true;
    }),
    killSupervised(world, "worker", "worker"),
    killSupervised(world, "built-in server", "builtin-s3"),
    crash("restart database", async (random) => {
      // A fast and an immediate shutdown, and a crash; the supervisor starts it again.
      const signal = random.pick(["SIGINT", "SIGQUIT", "SIGKILL"] as const);
      const [pid] = readFileSync(join(world.portal.facts.dataDir, "postgres/cluster/postmaster.pid"), "utf8").split(
        "\n",
      );
      return process.kill(Number(pid), signal);
    }),
    ...listRigCrashes(world),
  ];
}

function killSupervised({ portal }: World, name: string, program: string): FaultKind {
  return {
    ...crash(`kill ${name}`, async () => process.kill(await portal.pidOf(program), "SIGKILL")),
    restMs: SUPERVISED_REST_MS,
  };
}

function crash(name: string, strike: FaultKind["strike"]): FaultKind {
  return { name, crash: true, weight: 5, restMs: REST_MS, strike };
}

function listRigCrashes({ rig }: World): FaultKind[] {
  if (!rig) return [];
  const killOfRig = (what: string, program: string, startAgain: () => unknown) =>
    crash(`kill ${what}`, async (random) => {
      if (findRunning(rig.options.folder, program) === undefined) return false;
      await killProgram(rig.options.folder, program);
      await pause(random.between(0, 2_500));
      await startAgain();
      return true;
    });
  return [
    ...rig.gateways.map(({ name }, index) => killOfRig("radosgw", name, () => startGateway(rig.options.folder, index))),
    ...(rig.keystone ? [killOfRig("Keystone", "keystone", () => restartKeystone(rig.options))] : []),
  ];
}
