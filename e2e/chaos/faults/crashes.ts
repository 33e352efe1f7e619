import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startGateway } from "@/testing/rig/ceph";
import { restartKeystone } from "@/testing/rig/keystone";
import { findRunning, killProgram } from "@/testing/rig/processes";
import type { World } from "../world/world";
import type { FaultKind } from "./fault-kind";

/** The supervisor restarts a program without delay only when that program ran for a minute. */
const SUPERVISED_REST_MS = 61_000;
const REST_MS = 8_000;
const MAX_DOWN_MS = 2_500;

/** Processes that are killed. The supervisor restarts its own; this file restarts the others. */
export function listCrashes(world: World): FaultKind[] {
  return [
    killSupervised(world, "web", "web"),
    crash("kill second web", async (random) => {
      if (world.second.pid() === undefined) return false;
      await world.second.kill();
      await wait(random.between(0, MAX_DOWN_MS));
      await world.second.start();
      return true;
    }),
    killSupervised(world, "worker", "worker"),
    killSupervised(world, "built-in server", "builtin-s3"),
    crash("restart database", async (random) => {
      // PostgreSQL's fast shutdown, its shutdown without cleaning up, and a crash. The supervisor starts it again.
      const signal = random.pick(["SIGINT", "SIGQUIT", "SIGKILL"] as const);
      const pidFile = join(world.portal.facts.dataDir, "postgres/cluster/postmaster.pid");
      const [pid] = readFileSync(pidFile, "utf8").split("\n");
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

function crash(name: string, inject: FaultKind["inject"]): FaultKind {
  return { name, crash: true, weight: 5, restMs: REST_MS, inject };
}

function listRigCrashes({ rig }: World): FaultKind[] {
  if (!rig) return [];
  const { folder } = rig.options;
  const killOfRig = (what: string, program: string, restart: () => unknown) =>
    crash(`kill ${what}`, async (random) => {
      if (findRunning(folder, program) === undefined) return false;
      await killProgram(folder, program);
      await wait(random.between(0, MAX_DOWN_MS));
      await restart();
      return true;
    });
  return [
    ...rig.gateways.map(({ name }, index) => killOfRig("radosgw", name, () => startGateway(folder, index))),
    ...(rig.keystone ? [killOfRig("Keystone", "keystone", () => restartKeystone(rig.options))] : []),
  ];
}
