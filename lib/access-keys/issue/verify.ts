import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import type { Change } from "@/lib/access-keys/issue/write-ahead";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import type { Lease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey } from "@/lib/providers/probe-answers";
import type { CallContext, Gateway, Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

/** How long a new key may take to be accepted at every gateway, and how often a gateway is asked. Milliseconds. */
const VERIFY_DEADLINE_MS = 6_000;
const VERIFY_PAUSE_MS = 100;

/**
 * Step 3. Whether every gateway accepts the new key: the storage system's "created" proves nothing. A gateway may need
 * a moment to learn of the key, so each one is asked again until the deadline.
 */
export async function verifyKey(change: Change, secret: Secret, lease: Lease): Promise<boolean> {
  const provider = openProvider(change.region);
  const signal = AbortSignal.any([lease.signal, AbortSignal.timeout(VERIFY_DEADLINE_MS)]);
  const context: CallContext = { signal, requestId: change.requestId };
  const accepts = await Promise.all(
    provider.gateways().map(async (gateway) => {
      const accepted = await isAcceptedInTime(provider, gateway, change.accessKeyId, secret, context);
      const facts = { operationId: change.operationId, gateway: gateway.name };
      if (!accepted) logger.warn(facts, "a gateway did not accept the new key in time");
      return accepted;
    }),
  );
  return accepts.every(Boolean);
}

async function isAcceptedInTime(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  secret: Secret,
  context: CallContext,
): Promise<boolean> {
  while (!context.signal.aborted) {
    try {
      if (acceptsKey(await provider.probe(gateway, accessKeyId, secret, context))) return true;
    } catch (error) {
      // A gateway that gives no answer is asked again.
      if (!(error instanceof ProviderError)) throw error;
    }
    await pause(VERIFY_PAUSE_MS);
  }
  return false;
}
