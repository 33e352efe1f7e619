import { waitFor } from "@/testing/wait";
import type { FaultKind } from "./fault-kind";
import { befallOnce } from "./network-faults";
import type { TcpProxy } from "@/testing/proxies/tcp-proxy";
import type { StormOptions } from "./run";
import type { Violation } from "./violation";
import type { World } from "./world";

/** A short storm that goes for one promise of the protocol, and what it finds where that is not kept. */
export interface Aim {
  storm: Omit<StormOptions, "seed">;
  finds: Violation["kind"];
}

const MAKES_WITHIN_S = 30;
const SHORT = {
  atOnce: 8,
  settleSeconds: 8,
  forgetForMs: 0,
  programs: 0,
  crowd: 0.08,
  forget: 0.1,
  eachOnceFirst: false,
  full: false,
};

/** By the name of what is broken then. */
export const AIMS: Record<string, Aim> = {
  // Processes die while they wait for a pair: what the storage system makes then must be written down.
  "no-write-ahead": {
    storm: {
      ...SHORT,
      operations: 20,
      faults: 2,
      faultsOf: (world) => [crashWhileMaking(world, 1_500)],
    },
    finds: "orphan",
  },
  // Access is disabled while a pair is made: whoever was making it must notice before it asks for the pair.
  "no-fence": {
    storm: { ...SHORT, operations: 40, faults: 8, crowd: 0.7, faultsOf: (world) => [slowAdmin(world, 2_500)] },
    finds: "late-write",
  },
  // Pairs that reach nobody, or are not acknowledged: the former one must go on working.
  "early-commit": {
    storm: {
      ...SHORT,
      operations: 40,
      faults: 4,
      forgetForMs: Infinity,
      forget: 0.5,
      faultsOf: (world) => [slowAdmin(world, 300)],
    },
    finds: "lost",
  },
  // Programs take the reply for the delivery: whatever ends a change after it comes too late.
  "late-commit": {
    storm: {
      ...SHORT,
      operations: 40,
      faults: 4,
      programs: 1,
      crowd: 0.7,
      faultsOf: (world) => [slowAdmin(world, 300)],
    },
    finds: "lost",
  },
};

/** Every call of every admin interface takes long, one way and the other. */
function slowAdmin(world: World, ms: number): FaultKind {
  return {
    name: "slow admin interfaces",
    crash: false,
    weight: 1,
    restMs: 0,
    async strike(random) {
      const forMs = random.between(ms * 3, ms * 6);
      return (
        await Promise.all(listAdminProxies(world).map((proxy) => befallOnce(proxy, { what: "delay", ms }, forMs)))
      ).some(Boolean);
    },
  };
}

/** Both web processes die while the request for a pair is on its way, which arrives all the same. Once at a time. */
function crashWhileMaking(world: World, ms: number): FaultKind {
  let striking = false;
  return {
    name: "kill both webs while a pair is made",
    crash: true,
    weight: 1,
    restMs: 0,
    async strike(random) {
      if (striking) return false;
      striking = true;
      const proxy = random.pick(listAdminProxies(world));
      const end = proxy.befall({ what: "delay", ms });
      try {
        const countMade = () => proxy.writes.filter(({ accessKeyId }) => accessKeyId !== undefined).length;
        const before = countMade();
        await waitFor("a pair to be made", () => Promise.resolve(countMade() > before), MAKES_WITHIN_S);
        await world.second.kill();
        process.kill(await world.portal.pidOf("web"), "SIGKILL");
      } finally {
        end();
        await world.second.start().finally(() => (striking = false));
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
