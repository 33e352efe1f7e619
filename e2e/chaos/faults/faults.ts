import type { World } from "../world/world";
import { listCrashes } from "./crashes";
import type { FaultKind } from "./fault-kind";
import { listNetworkFaults } from "./network-faults";
import { listPauses } from "./pauses";

const LONG_PAUSES = 0.4;

/** All kinds of faults that are possible in this world. */
export function listFaults(world: World): FaultKind[] {
  return [...listCrashes(world), ...listPauses(world, LONG_PAUSES), ...listNetworkFaults(world)];
}

/** The same, but no pause is longer than a lease: such a pause would outlast a short chaos run. */
export function listShortFaults(world: World): FaultKind[] {
  return [...listCrashes(world), ...listPauses(world, 0), ...listNetworkFaults(world)];
}
