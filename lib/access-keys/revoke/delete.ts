import "server-only";
import { listWorkingKeys, noteRemoval, type RevokingKey } from "@/lib/access-keys/data";
import type { RemovedKey } from "@/lib/access-keys/revoke/measure";
import { enqueue } from "@/lib/jobs/queue";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import {
  type Decision,
  type Lease,
  noteSuspension,
  prolongSuspension,
  replaceSuspension,
  withLease,
} from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, KeyRef, Provider } from "@/lib/providers/provider";
import { openReceipts } from "@/lib/receipts/data";
import { MEASURE_GRACE_MS, measureUntil } from "@/lib/receipts/rules";
import { readCalibration } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/**
 * How long before its last key is removed a suspension may begin, in the worst case of a slow removal. Milliseconds.
 */
const SUSPENDED_AHEAD_MS = 60_000;

/**
 * Removes a key whose end is decided from the storage system, under a lease of its own: stops all keys of the principal
 * where that is possible and none is meant to work, switches this key off where that is possible, removes it, and writes
 * the removal down when it is proved. Undefined when another process has done it in between. Throws UNAVAILABLE when
 * the removal is not proved, or another holds the lease.
 */
export async function deleteKey(provider: Provider, key: RevokingKey): Promise<RemovedKey | undefined> {
  const outcome = await withLease(
    key.principalId,
    "Latchkey",
    {
      async begin(tx): Promise<Decision<undefined, "done">> {
        const open = await tx.accessKey.count({ where: { id: key.id, state: "REVOKING", removedAt: null } });
        return open === 1 ? { ok: true, write: async () => undefined } : { ok: false, refused: "done" };
      },
    },
    (lease) => deleteUnderLease(provider, key, lease),
  );
  if (outcome.lease === "locked") throw new AppError("UNAVAILABLE", "another change holds the lease");
  return outcome.lease === "taken" ? outcome.result : undefined;
}

async function deleteUnderLease(provider: Provider, key: RevokingKey, lease: Lease): Promise<RemovedKey> {
  const context = lease.callContext(key.id);
  const ref = { principal: key.principal.externalId, accessKeyId: key.accessKeyId };
  try {
    await suspendWhereIdle(provider, key, lease, context);
    const secret = await readSecretWhereNeeded(provider, key.region, ref, context);
    // The end of this key stays decided, whoever has the lease by now.
    if (!(await lease.isHeld())) throw new AppError("UNAVAILABLE", "the lease has passed to another");
    if (provider.capabilities.deactivate === "key") {
      await provider.setKeyState?.(ref, "inactive", context).catch(ignoreAbsence);
      if (!(await lease.isHeld())) throw new AppError("UNAVAILABLE", "the lease has passed to another");
    }
    const found = await provider.removeKey(ref, context);
    if (found === "absent") {
      logger.warn({ keyId: key.id, region: key.region.name }, "the key to be removed was not there");
    }
    const removedAt = await recordRemoval(provider, key, secret !== undefined);
    return { id: key.id, accessKeyId: key.accessKeyId, removedAt, secret };
  } catch (error) {
    if (error instanceof ProviderError) throw new AppError("UNAVAILABLE", `removal failed: ${error.message}`);
    throw error;
  }
}

/**
 * Stops every key of the principal at once, unless one of them is meant to work. Written down before it is done: a
 * principal that may be suspended is never forgotten. What fails here leaves the removal to do its work alone.
 */
async function suspendWhereIdle(
  provider: Provider,
  key: RevokingKey,
  lease: Lease,
  context: CallContext,
): Promise<void> {
  if (!provider.capabilities.suspends || !provider.suspendPrincipal) return;
  const { working, ending } = await listWorkingKeys(key.principalId);
  if (working.length > 0) return;
  const until = measureUntil(await readDatabaseClock(db), provider.capabilities.revocationBoundMs + SUSPENDED_AHEAD_MS);
  const noted = await noteSuspension(lease, until);
  if (!noted) throw new AppError("UNAVAILABLE", "the lease has passed to another");
  try {
    await provider.suspendPrincipal(key.principal.externalId, ending, context);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ keyId: key.id, failure: error.failure, detail: error.message }, "the principal is not suspended");
    // Only a conflict proves that nothing was stopped. A date that is not needed does no more than delay the next
    // enable.
    if (error.failure === "conflict") await replaceSuspension(lease, until, noted.before);
  }
}

/**
 * Only where a gateway tells nothing without it, or was never tried. Not to be measured is no reason not to be removed.
 */
async function readSecretWhereNeeded(
  provider: Provider,
  region: Region,
  ref: KeyRef,
  context: CallContext,
): Promise<Secret | undefined> {
  const calibration = readCalibration(region) ?? {};
  const needed = provider.gateways().some((gateway) => calibration[gateway.endpoint] !== "random-secret");
  try {
    return needed ? await provider.readSecret?.(ref, context) : undefined;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const facts = { region: region.name, failure: error.failure, detail: error.message };
    logger.warn(facts, "the secret cannot be read to measure the end of the key");
    return undefined;
  }
}

/**
 * Writes down the proved removal, whoever has the lease by now, and opens a receipt for every gateway. A suspension,
 * whichever attempt began it, outlasts what gateways may hold of this key. `hasSecret`: whether this process measures
 * with the key itself. No other process can measure with it.
 */
async function recordRemoval(provider: Provider, key: RevokingKey, hasSecret: boolean): Promise<Date> {
  const { revocationBoundMs, suspends } = provider.capabilities;
  const { principalId } = key;
  return withTransaction(async (tx) => {
    const bound = revocationBoundMs + MEASURE_GRACE_MS;
    const { now: removedAt, suspendedUntil } = await prolongSuspension(tx, principalId, bound);
    await noteRemoval(tx, key.id, removedAt);
    await openReceipts(tx, {
      keyId: key.id,
      gateways: provider.gateways(),
      sampled: key.region.gateways.length === 0,
      removedAt,
      askedAt: hasSecret ? removedAt : null,
    });
    // A suspension that began before the region's settings changed is found by the worker when it is over.
    if (suspends && suspendedUntil) {
      const startAfterSeconds = Math.ceil((suspendedUntil.getTime() - removedAt.getTime()) / 1_000);
      await enqueue(tx, "resume-principal", { principalId }, principalId, { startAfterSeconds });
    }
    return removedAt;
  });
}

function ignoreAbsence(error: unknown): void {
  if (error instanceof ProviderError && error.failure === "not-found") return;
  throw error;
}
