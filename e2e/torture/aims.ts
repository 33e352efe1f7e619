import type { FaultKind } from "./fault-kind";
import { listFaults } from "./faults";
import { befallOnce } from "./network-faults";
import type { StormOptions } from "./storm";
import type { Violation } from "./violation";
import type { World } from "./world";

/** A short storm that goes for one promise of the protocol, and what it finds where that is not kept. */
export interface Aim {
  storm: Omit<StormOptions, "seed">;
  finds: Violation["kind"];
}

const SHORT = { atOnce: 8, settleSeconds: 8, forgetForMs: 0, crowd: 0.08, forget: 0.1, eachOnceFirst: false, full: false };

/** By the name of what is broken then. */
export const AIMS: Record<string, Aim> = {
  // Processes die while a storage system takes its time to answer: what it has made then must be written down.
  "no-write-ahead": {
    storm: {
      ...SHORT,
      operations: 30,
      faults: 12,
      faultsOf: (world) => [slowAdmin(world, 1_500, 2), ...listFaults(world).filter(({ name }) => /^kill (second )?web$/.test(name))],
    },
    finds: "orphan",
  },
  // Access is disabled while a pair is made: whoever was making it must notice before it asks for the pair.
  "no-fence": {
    storm: { ...SHORT, operations: 40, faults: 8, crowd: 0.5, faultsOf: (world) => [slowAdmin(world, 2_500, 1)] },
    finds: "late-write",
  },
  // Pairs that reach nobody, or are not acknowledged: the former one must go on working.
  "early-commit": {
    storm: { ...SHORT, operations: 40, faults: 4, forgetForMs: Infinity, forget: 0.5, faultsOf: (world) => [slowAdmin(world, 300, 1)] },
    finds: "lost",
  },
};

/** Every call of an admin interface takes long, one way and the other. */
function slowAdmin({ backends }: World, ms: number, weight: number): FaultKind {
  const proxies = backends.flatMap((backend) => backend.proxies.filter(({ name }) => name.endsWith("admin")));
  return {
    name: "slow admin interface",
    crash: false,
    weight: weight * 6,
    restMs: 0,
    strike(random) {
      return befallOnce(random.pick(proxies).proxy, { what: "delay", ms }, random.between(ms * 3, ms * 6));
    },
  };
}
