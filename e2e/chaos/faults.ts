import { listCrashes } from "./crashes";
import type { FaultKind } from "./fault-kind";
import { listNetworkFaults } from "./network-faults";
import { listStops } from "./stops";
import type { World } from "./world";

const LONG_STOPS = 0.4;

/** All kinds of faults that this world can have. */
export function listFaults(world: World): FaultKind[] {
  return [...listCrashes(world), ...listStops(world, LONG_STOPS), ...listNetworkFaults(world)];
}

/** The same, and nothing stops for longer than a lease: one of those would outlast a short storm. */
export function listQuickFaults(world: World): FaultKind[] {
  return [...listCrashes(world), ...listStops(world, 0), ...listNetworkFaults(world)];
}
