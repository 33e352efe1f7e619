import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { PROVE_DEADLINE_MS, PROVE_PAUSE_MS } from "@/lib/operations/rules";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey } from "@/lib/providers/probe-answers";
import type { CallContext, Gateway, Provider } from "@/lib/providers/provider";

/**
 * Resolves when every gateway has accepted the new pair. A gateway may need a moment to learn of it; one that does
 * not accept it in time makes this throw `ambiguous`: the pair is on the storage system and cannot be trusted.
 */
export async function provePair(
  provider: Provider,
  accessKeyId: string,
  secret: Secret,
  context: CallContext,
): Promise<void> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PROVE_DEADLINE_MS)]);
  await Promise.all(
    provider.gateways().map((gateway) => proveAt(provider, gateway, accessKeyId, secret, { ...context, signal })),
  );
}

async function proveAt(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  secret: Secret,
  context: CallContext,
): Promise<void> {
  while (!context.signal.aborted) {
    const answer = await provider.probe(gateway, accessKeyId, secret, context).catch(asUnknown);
    if (answer !== "no-answer" && acceptsKey(answer)) return;
    await pause(PROVE_PAUSE_MS);
  }
  throw new ProviderError("ambiguous", `gateway ${gateway.name} did not accept the new pair in time`);
}

/** A gateway that gives no answer is asked again, until the deadline. */
function asUnknown(error: unknown): "no-answer" {
  if (error instanceof ProviderError) return "no-answer";
  throw error;
}
