import "server-only";
import { listWorkingKeys, noteRemoval, type SlotKey } from "@/lib/access-keys/data";
import { enqueue } from "@/lib/jobs/queue";
import { ACT_DEADLINE_MS } from "@/lib/operations/rules";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { readDatabaseClock, sql, transact } from "@/lib/platform/sql";
import {
  endRemoval,
  holdsNewLease,
  type Lease,
  noteSuspension,
  releaseLease,
  replaceSuspension,
  takeLease,
} from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, KeyRef, Provider } from "@/lib/providers/provider";
import type { OpenReceipt } from "@/lib/receipts/data";
import { openReceipts, type RemovedKey } from "@/lib/receipts/mutations";
import { MEASURE_GRACE_MS, measureUntil } from "@/lib/receipts/rules";
import { readCalibration } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/** A key whose end is decided, with what its removal needs. */
export interface RevokingKey {
  id: string;
  accessKeyId: string;
  projectId: string;
  principalId: string;
  principal: { externalId: string };
  region: Region;
}

/** A key whose end was just decided, under the lock of its principal. */
export function toRevoking(
  { id, accessKeyId }: SlotKey,
  {
    projectId,
    principal,
    region,
  }: { projectId: string; principal: { id: string; externalId: string }; region: Region },
): RevokingKey {
  return {
    id,
    accessKeyId,
    projectId,
    principalId: principal.id,
    principal: { externalId: principal.externalId },
    region,
  };
}

/** How long before its last key is removed a suspension may begin, in the worst case of a slow removal. Milliseconds. */
const SUSPENDED_AHEAD_MS = 60_000;

/**
 * Removes a key whose end is decided from the storage system, under the lease: stops all keys of the principal where
 * that is possible and none is meant to work, switches this one off where that is possible, removes it, and records
 * the removal when it is proved. Throws UNAVAILABLE when that is not reached, or another holds the lease.
 */
export async function removeKey(provider: Provider, key: RevokingKey, given: Lease | undefined): Promise<RemovedKey> {
  const lease = given ?? (await takeOrWait(key.principalId));
  const context: CallContext = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId: key.id };
  const ref = { principal: key.principal.externalId, accessKeyId: key.accessKeyId };
  try {
    await suspendWhereIdle(provider, key, lease, context);
    const secret = await readSecretWhereNeeded(provider, key.region, ref, context);
    if (provider.capabilities.deactivate === "key")
      await provider.setKeyState?.(ref, "inactive", context).catch(ignoreAbsence);
    // The end of this key stays decided, whoever has the lease by now.
    if (!(await holdsNewLease(lease))) throw new AppError("UNAVAILABLE", "the lease has passed to another");
    const found = await provider.removeKey(ref, context);
    if (found === "absent")
      logger.warn({ keyId: key.id, region: key.region.name }, "the key to be removed was not there");
    const recorded = await recordRemoval(provider, key, lease, secret !== undefined);
    return { ...key, ...recorded, secret };
  } catch (error) {
    await releaseLease(sql, lease);
    if (error instanceof ProviderError) throw new AppError("UNAVAILABLE", `removal failed: ${error.message}`);
    throw error;
  }
}

async function takeOrWait(principalId: string): Promise<Lease> {
  const taken = await takeLease(sql, principalId, "Latchkey");
  if (!taken.ok) throw new AppError("UNAVAILABLE", "another change holds the lease");
  return taken.lease;
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
  const until = measureUntil(
    await readDatabaseClock(sql),
    provider.capabilities.revocationBoundMs + SUSPENDED_AHEAD_MS,
  );
  const noted = await noteSuspension(lease, until);
  if (!noted) throw new AppError("UNAVAILABLE", "the lease has passed to another");
  try {
    await provider.suspendPrincipal(key.principal.externalId, ending, context);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ keyId: key.id, failure: error.failure, detail: error.message }, "the principal is not suspended");
    // Only a conflict proves that nothing was stopped. A date too many does no more than delay the next enable.
    if (error.failure === "conflict") await replaceSuspension(lease, until, noted.before);
  }
}

/** Only where a gateway tells nothing without it, or was never tried. Not to be measured is no reason not to be removed. */
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
    logger.warn(
      { region: region.name, failure: error.failure, detail: error.message },
      "the pair cannot be read to measure its end",
    );
    return undefined;
  }
}

/**
 * In one commit with the end of the lease: the next change need not wait for another. A suspension, whichever attempt
 * began it, outlasts what gateways may hold of this key.
 */
async function recordRemoval(
  provider: Provider,
  key: RevokingKey,
  lease: Lease,
  hasPair: boolean,
): Promise<{ removedAt: Date; open: OpenReceipt[] }> {
  const { revocationBoundMs, suspends } = provider.capabilities;
  return transact(async (tx) => {
    const record = [
      // The principal goes first: every change locks in this order.
      endRemoval(tx, lease, revocationBoundMs + MEASURE_GRACE_MS),
      noteRemoval(tx, key.id),
      // Without the pair nobody measures where only it tells, and nobody waits for who would.
      openReceipts(tx, provider, key, { removedAt: "now", isMeasured: hasPair }),
    ] as const;
    // A suspension that began before the region's settings changed is found by the worker when it is over.
    const [{ now: removedAt, suspendedUntil }, , open] = await (suspends ? Promise.all(record) : tx.commit(record));
    if (suspends && suspendedUntil) {
      const { principalId } = key;
      const startAfterSeconds = Math.ceil((suspendedUntil.getTime() - removedAt.getTime()) / 1_000);
      await enqueue(tx, "resume-principal", { principalId }, principalId, { startAfterSeconds });
    }
    return { removedAt, open };
  });
}

function ignoreAbsence(error: unknown): void {
  if (error instanceof ProviderError && error.failure === "not-found") return;
  throw error;
}
