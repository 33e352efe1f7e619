import "server-only";
import { listWorkingKeys, type RevokingKey } from "@/lib/access-keys/data";
import type { RemovedKey } from "@/lib/access-keys/revoke/measure";
import { type ProvedAbsence, recordRemovals } from "@/lib/access-keys/revoke/record-removals";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { type Decision, type Lease, noteSuspension, replaceSuspension, withLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, KeyRef, Provider } from "@/lib/providers/provider";
import { measureUntil } from "@/lib/receipts/rules";
import { readCalibration } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/**
 * How long before its last key is removed a suspension may begin, in the worst case of a slow removal. Milliseconds.
 */
const SUSPENDED_AHEAD_MS = 60_000;

/** So long after the first removal at the latest the removals of a principal's keys are written down. Milliseconds. */
const RECORDED_WITHIN_MS = 250;

/** So long keys are removed under one lease. Others may wait for it. Milliseconds. */
const REMOVING_FOR_MS = 10_000;

/** What became of keys of one principal. Those that were not tried, or that another process removed, are in neither. */
export interface Deletion {
  removed: RemovedKey[];
  /** Why a removal is not proved, by the id of the key. */
  failed: Map<string, Error>;
}

/**
 * Removes a key whose end is decided from the storage system, as `deleteKeys` does. Undefined when another process has
 * done it in between. Throws UNAVAILABLE when the removal is not proved, or another holds the lease.
 */
export async function deleteKey(provider: Provider, key: RevokingKey): Promise<RemovedKey | undefined> {
  const { removed, failed } = await deleteKeys(provider, key.principalId, [key]);
  const failure = failed.get(key.id);
  if (failure) throw failure;
  return removed[0];
}

/**
 * Removes keys of one principal whose end is decided from the storage system, one after the other under one lease: stops
 * all keys of the principal where that is possible and none is meant to work, switches each key off where that is
 * possible, removes it, and writes the removals down when they are proved. A key that fails stops no other. Throws
 * UNAVAILABLE when another holds the lease.
 */
export async function deleteKeys(
  provider: Provider,
  principalId: string,
  keys: readonly RevokingKey[],
): Promise<Deletion> {
  const outcome = await withLease(
    principalId,
    "Latchkey",
    {
      async begin(tx): Promise<Decision<ReadonlySet<string>, "done">> {
        const where = { id: { in: keys.map(({ id }) => id) }, state: "REVOKING" as const, removedAt: null };
        const open = await tx.accessKey.findMany({ where, select: { id: true } });
        if (open.length === 0) return { ok: false, refused: "done" };
        return { ok: true, write: async () => new Set(open.map(({ id }) => id)) };
      },
    },
    (lease, open) =>
      deleteUnderLease(
        provider,
        keys.filter(({ id }) => open.has(id)),
        lease,
      ),
  );
  if (outcome.lease === "locked") throw new AppError("UNAVAILABLE", "another change holds the lease");
  return outcome.lease === "taken" ? outcome.result : { removed: [], failed: new Map() };
}

async function deleteUnderLease(provider: Provider, keys: readonly RevokingKey[], lease: Lease): Promise<Deletion> {
  const deletion: Deletion = { removed: [], failed: new Map() };
  const until = Date.now() + REMOVING_FOR_MS;
  let proved: ProvedAbsence[] = [];
  let recordBy = Infinity;
  const record = async () => {
    deletion.removed.push(...(await recordRemovals(provider, proved)));
    proved = [];
    recordBy = Infinity;
  };
  let isSuspended = false;
  for (const key of keys) {
    if (Date.now() >= until) break;
    try {
      if (!isSuspended) await suspendWhereIdle(provider, key, lease);
      isSuspended = true;
      proved.push({ key, secret: await deleteOne(provider, key, lease) });
      recordBy = Math.min(recordBy, Date.now() + RECORDED_WITHIN_MS);
    } catch (error) {
      deletion.failed.set(key.id, nameFailure(error));
      // Without the lease, or after the time for the work, nothing more is tried.
      if (!(error instanceof ProviderError) || lease.signal.aborted) break;
    }
    if (Date.now() >= recordBy) await record();
  }
  await record();
  return deletion;
}

function nameFailure(error: unknown): Error {
  if (error instanceof ProviderError) return new AppError("UNAVAILABLE", `removal failed: ${error.message}`);
  return error instanceof Error ? error : new Error("removal failed", { cause: error });
}

/** Removes one key. Gives its secret, where a gateway can only be measured with it. */
async function deleteOne(provider: Provider, key: RevokingKey, lease: Lease): Promise<Secret | undefined> {
  const context = lease.callContext(key.id);
  const ref = { principal: key.principal.externalId, accessKeyId: key.accessKeyId };
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
  return secret;
}

/**
 * Stops every key of the principal at once, unless one of them is meant to work. Written down before it is done: a
 * principal that may be suspended is never forgotten. What fails here leaves the removal to do its work alone.
 */
async function suspendWhereIdle(provider: Provider, key: RevokingKey, lease: Lease): Promise<void> {
  if (!provider.capabilities.suspends || !provider.suspendPrincipal) return;
  const { working, ending } = await listWorkingKeys(key.principalId);
  if (working.length > 0) return;
  const until = measureUntil(await readDatabaseClock(db), provider.capabilities.revocationBoundMs + SUSPENDED_AHEAD_MS);
  const noted = await noteSuspension(lease, until);
  if (!noted) throw new AppError("UNAVAILABLE", "the lease has passed to another");
  try {
    await provider.suspendPrincipal(key.principal.externalId, ending, lease.callContext(key.id));
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

function ignoreAbsence(error: unknown): void {
  if (error instanceof ProviderError && error.failure === "not-found") return;
  throw error;
}
