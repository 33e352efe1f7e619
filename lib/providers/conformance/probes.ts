import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Secret } from "@/lib/platform/secret";
import { context } from "@/lib/providers/conformance/candidate";
import type { ProbeAnswer, Provider } from "@/lib/providers/provider";

/** How long the suite waits for a change to take effect, at most; a bound may be much longer than what is usual. */
const BOUND_MAX_MS = 20_000;

/** Probes every gateway once with a key. */
export function probeAll(provider: Provider, id: string, secret: Secret): Promise<ProbeAnswer[]> {
  return Promise.all(provider.gateways().map((gateway) => provider.probe(gateway, id, secret, context())));
}

/** Probes until every gateway gives the wanted answer to a key. */
export async function expectAnswer(provider: Provider, id: string, secret: Secret, wanted: string): Promise<void> {
  const until = Date.now() + Math.min(provider.capabilities.revocationBoundMs, BOUND_MAX_MS) + 10_000;
  let last = await probeAll(provider, id, secret);
  while (last.some((answer) => answer !== wanted) && Date.now() < until) {
    await pause(50);
    last = await probeAll(provider, id, secret);
  }
  expect(last).toEqual(provider.gateways().map(() => wanted));
}
