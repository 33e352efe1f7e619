import { setTimeout as wait } from "node:timers/promises";
import type { TcpFault, TcpProxy } from "@/testing/proxies/tcp-proxy";
import type { Random } from "../random";
import type { World } from "../world/world";
import type { FaultKind } from "./fault-kind";

const POLL_MS = 50;
const MAX_WAIT_FOR_TRAFFIC_MS = 10_000;
const REPLY_WITHIN_MS = 600;

/** Faults of the connections between the portal and the storage systems. */
export function listNetworkFaults(world: World): FaultKind[] {
  const proxies = world.backends.flatMap((backend) => backend.proxies.map(({ proxy }) => proxy));
  const onNetwork = (name: string, choose: (random: Random) => TcpFault): FaultKind => ({
    name,
    crash: false,
    weight: 6,
    restMs: 0,
    inject: (random) => injectNetworkFault(random.pick(proxies), choose(random), random.between(600, 5_000)),
  });
  return [
    onNetwork("delay", (random) => ({ what: "delay", ms: random.between(200, 4_000) })),
    onNetwork("drop", () => ({ what: "drop" })),
    onNetwork("truncate", (random) => ({ what: "truncate", bytes: random.between(0, 300) })),
    onNetwork("reset before", () => ({ what: "reset-before" })),
    onNetwork("reset after", () => ({ what: "reset-after" })),
    onNetwork("late request", (random) => ({ what: "late-request", ms: random.between(100, 9_000) })),
    onNetwork("garbage", () => ({ what: "garbage" })),
    onNetwork("error", () => ({ what: "error" })),
    onNetwork("refuse", () => ({ what: "refuse" })),
  ];
}

/**
 * Gives a proxy a fault for `ms` milliseconds. If there is no traffic in that time, the fault stays until there is
 * some, at most `maxWaitMs` longer. Returns whether the fault hit any traffic.
 */
export async function injectNetworkFault(
  proxy: TcpProxy,
  fault: TcpFault,
  ms: number,
  maxWaitMs = MAX_WAIT_FOR_TRAFFIC_MS,
): Promise<boolean> {
  let hit = false;
  // The proxy reads `what` for each new connection and each part of the traffic, and at no other time.
  const observed = Object.defineProperty({ ...fault }, "what", { get: () => ((hit = true), fault.what) });
  const clear = proxy.setFault(observed);
  await wait(ms);
  const until = Date.now() + maxWaitMs;
  if (!hit) {
    while (!hit && Date.now() < until) await wait(POLL_MS);
    // The request was hit. Its reply is to be hit too.
    if (hit) await wait(REPLY_WITHIN_MS);
  }
  clear();
  return hit;
}
