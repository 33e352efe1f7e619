import type { TcpProxy } from "@/testing/proxies/tcp-proxy";
import { waitFor } from "@/testing/wait";
import type { Violation } from "../checks/violation";
import type { FaultKind } from "../faults/fault-kind";
import { injectNetworkFault } from "../faults/network-faults";
import type { ChaosOptions } from "../run";
import type { World } from "../world/world";

/** A short chaos run that tests one promise of the protocol. */
export interface Target {
  run: Omit<ChaosOptions, "seed">;
  /** The kind of violation that the run finds when the promise is broken. */
  finds: Violation["kind"];
}

const CREATED_WITHIN_S = 90;
const SHORT = {
  atOnce: 8,
  settleSeconds: 8,
  unacknowledgedForMs: 0,
  programs: 0,
  contention: 0.08,
  adjustments: 0,
  unacknowledged: 0.1,
  eachOnceFirst: false,
  full: false,
};

/** Each target has the name of the mutant that breaks its promise. */
export const TARGETS: Record<string, Target> = {
  // Both web processes die while they wait for a new key. The database must know every key that is created then.
  "no-write-ahead": {
    run: { ...SHORT, operations: 20, faults: 2, listFaults: (world) => [crashDuringCreation(world, 1_500)] },
    finds: "orphan",
  },
  // Access is disabled while a key is created. Whoever creates the key must notice that before the request is sent.
  "no-fence": {
    run: {
      ...SHORT,
      operations: 40,
      faults: 8,
      contention: 0.7,
      listFaults: (world) => [slowAdminInterfaces(world, 2_500)],
    },
    finds: "late-write",
  },
  // Many keys are delivered to nobody or not acknowledged. The old keys must go on working.
  "early-commit": {
    run: {
      ...SHORT,
      operations: 40,
      faults: 4,
      unacknowledged: 0.5,
      unacknowledgedForMs: Infinity,
      listFaults: (world) => [slowAdminInterfaces(world, 300)],
    },
    finds: "lost",
  },
  // For a program the reply is the delivery. A change that is committed after the reply may lose to another change.
  "late-commit": {
    run: {
      ...SHORT,
      operations: 40,
      faults: 4,
      programs: 1,
      contention: 0.7,
      listFaults: (world) => [slowAdminInterfaces(world, 300)],
    },
    finds: "lost",
  },
};

/** Every call of every admin interface takes `ms` longer, in both directions. */
function slowAdminInterfaces(world: World, ms: number): FaultKind {
  return {
    name: "slow admin interfaces",
    crash: false,
    weight: 1,
    restMs: 0,
    async inject(random) {
      const forMs = random.between(ms * 3, ms * 6);
      const hits = listAdminProxies(world).map((proxy) => injectNetworkFault(proxy, { what: "delay", ms }, forMs));
      return (await Promise.all(hits)).some(Boolean);
    },
  };
}

/** Both web processes are killed after they have sent a request for a key, which still arrives `ms` later. */
function crashDuringCreation(world: World, ms: number): FaultKind {
  let inFlight = false;
  return {
    name: "kill both web processes during the creation of a key",
    crash: true,
    weight: 1,
    restMs: 0,
    async inject(random) {
      if (inFlight) return false;
      inFlight = true;
      const proxy = random.pick(listAdminProxies(world));
      const clear = proxy.setFault({ what: "delay", ms });
      try {
        const countCreated = () => proxy.writes.filter(({ accessKeyId }) => accessKeyId !== undefined).length;
        const before = countCreated();
        await waitFor("a request for a key", async () => countCreated() > before, CREATED_WITHIN_S);
        await world.second.kill();
        process.kill(await world.portal.pidOf("web"), "SIGKILL");
      } finally {
        clear();
        await world.second.start().finally(() => (inFlight = false));
      }
      return true;
    },
  };
}

function listAdminProxies({ backends }: World): TcpProxy[] {
  return backends.flatMap(({ proxies }) =>
    proxies.filter(({ name }) => name.endsWith("admin")).map(({ proxy }) => proxy),
  );
}
