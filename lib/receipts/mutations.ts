import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { db, readDatabaseClock } from "@/lib/platform/db";
import { ALPHANUMERIC, randomText } from "@/lib/platform/random-text";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Gateway, ProbeAnswer, Provider } from "@/lib/providers/provider";
import { MEASURE_PAUSE_MS, measureUntil } from "@/lib/receipts/rules";

export interface RemovedKey {
  id: string;
  accessKeyId: string;
  removedAt: Date;
}

/**
 * Measures at every gateway until it refuses a removed key, and files a receipt for each. A gateway is asked with
 * the old id and a random secret: one that still knows the id says that the secret is wrong, one that does not says
 * so. Returns whether all refuse; what is still open is measured on by the next call.
 */
export async function measureRefusal(provider: Provider, key: RemovedKey, context: CallContext): Promise<boolean> {
  const gateways = provider.gateways();
  await db.receipt.createMany({
    data: gateways.map((gateway) => ({ keyId: key.id, gateway: gateway.name, removedAt: key.removedAt })),
    skipDuplicates: true,
  });
  const open = await db.receipt.findMany({ where: { keyId: key.id, firstRefusedAt: null }, select: { gateway: true } });
  const names = new Set(open.map((receipt) => receipt.gateway));
  const until = measureUntil(key.removedAt, provider.capabilities.revocationBoundMs);
  const refused = await Promise.all(
    gateways
      .filter((gateway) => names.has(gateway.name))
      .map((gateway) => measureGateway(provider, gateway, key, until, context)),
  );
  return refused.every(Boolean);
}

async function measureGateway(
  provider: Provider,
  gateway: Gateway,
  key: RemovedKey,
  until: Date,
  context: CallContext,
): Promise<boolean> {
  // Two processes may measure at once: the first refusal stands, and nothing is written after it.
  const where = { keyId: key.id, gateway: gateway.name, firstRefusedAt: null };
  do {
    const answer = await askOnce(provider, gateway, key.accessKeyId, context);
    const at = await readDatabaseClock(db);
    if (answer === "refused-unknown") {
      await db.receipt.updateMany({ where, data: { firstRefusedAt: at } });
      return true;
    }
    const stillKnown = answer === "accepted" || answer === "refused-secret";
    if (stillKnown) await db.receipt.updateMany({ where, data: { lastAcceptedAt: at } });
    await pause(MEASURE_PAUSE_MS);
  } while (Date.now() < until.getTime() && !context.signal.aborted);
  return false;
}

/** Undefined when the gateway gives no answer: nothing is known, so nothing is written down. */
async function askOnce(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  context: CallContext,
): Promise<ProbeAnswer | undefined> {
  try {
    return await provider.probe(gateway, accessKeyId, new Secret(randomText(40, ALPHANUMERIC)), context);
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}
