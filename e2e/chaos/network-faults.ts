import { setTimeout as pause } from "node:timers/promises";
import type { TcpFault, TcpProxy } from "@/testing/proxies/tcp-proxy";
import type { FaultKind } from "./fault-kind";
import type { Random } from "./random";
import type { World } from "./world";

const POLL_MS = 50;
const UNMET_WITHIN_MS = 10_000;
const MET_FOR_MS = 600;

/** What befalls connections to storage systems. */
export function listNetworkFaults(world: World): FaultKind[] {
  const proxies = world.backends.flatMap((backend) => backend.proxies.map(({ proxy }) => proxy));
  const onNetwork = (name: string, draw: (random: Random) => TcpFault): FaultKind => ({
    name,
    crash: false,
    weight: 6,
    restMs: 0,
    strike: (random) => befallOnce(random.pick(proxies), draw(random), random.between(600, 5_000)),
  });
  return [
    onNetwork("delay", (random) => ({ what: "delay", ms: random.between(200, 4_000) })),
    onNetwork("drop", () => ({ what: "drop" })),
    onNetwork("truncate", (random) => ({ what: "truncate", bytes: random.between(0, 300) })),
    onNetwork("reset before", () => ({ what: "reset-before" })),
    onNetwork("reset after", () => ({ what: "reset-after" })),
    onNetwork("strand", (random) => ({ what: "strand", ms: random.between(100, 9_000) })),
    onNetwork("garbage", () => ({ what: "garbage" })),
    onNetwork("error", () => ({ what: "error" })),
    onNetwork("refuse", () => ({ what: "refuse" })),
  ];
}

/**
 * A proxy has a fault for so long, and where nobody comes to it until then, a while longer. False when nobody came:
 * no connection was opened, and no byte passed.
 */
export async function befallOnce(
  proxy: TcpProxy,
  fault: TcpFault,
  ms: number,
  unmetMs = UNMET_WITHIN_MS,
): Promise<boolean> {
  let met = false;
  // The proxy asks what it is to do whenever somebody connects and whenever bytes come, and at no other time.
  const noted = Object.defineProperty({ ...fault }, "what", { get: () => ((met = true), fault.what) });
  const end = proxy.befall(noted);
  await pause(ms);
  const until = Date.now() + unmetMs;
  if (!met) {
    while (!met && Date.now() < until) await pause(POLL_MS);
    // What came has a reply, which is to meet it too.
    if (met) await pause(MET_FOR_MS);
  }
  end();
  return met;
}
