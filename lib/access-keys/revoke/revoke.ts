import "server-only";
import { findRevokingKey, listRevokingKeys, type RevokingKey } from "@/lib/access-keys/data";
import { deleteKey, deleteKeys } from "@/lib/access-keys/revoke/delete";
import { finalizeRevocations } from "@/lib/access-keys/revoke/finalize";
import { measureRefusal, type RemovedKey } from "@/lib/access-keys/revoke/measure";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Provider } from "@/lib/providers/provider";
import { openReceipts } from "@/lib/receipts/data";
import { openProvider, readCalibration } from "@/lib/regions/data";
import { ensureCalibration } from "@/lib/regions/mutations";

interface Revocation {
  /** Resolves when the key is removed from the storage system. */
  deleted: Promise<unknown>;
  /** Resolves when every gateway refuses the key and its receipts are filed. */
  finished: Promise<void>;
}

/** What this process is carrying out now: a second call for the same key joins the first. */
const inFlight = new Map<string, Revocation>();

/**
 * Carries out a decided end: deletes the key and proves it, measures the refusal at every gateway, and only then calls
 * the key REVOKED. Picks up where a crash left it; does nothing to a key that is not REVOKING. It takes as long as a
 * gateway keeps the key. Throws UNAVAILABLE while that is not reached, so that it is tried again.
 */
export function revokeKey(keyId: string): Promise<void> {
  return begin(keyId).finished;
}

/**
 * Starts the revocation of keys whose end was just decided, so that nobody waits for the worker: deletes them one after
 * the other, and measures all at once. Never throws: what fails here is logged and left to the worker's job.
 */
export async function startRevocation(keyIds: readonly string[]): Promise<void> {
  const finished: Promise<void>[] = [];
  for (const keyId of keyIds) {
    const revocation = begin(keyId);
    finished.push(
      revocation.finished.catch((error: unknown) => {
        logger.warn({ err: error, keyId }, "revocation goes on in the worker");
      }),
    );
    await Promise.allSettled([revocation.deleted]);
  }
  await Promise.all(finished);
}

/**
 * Removes keys of one principal whose end is decided. Gives the ids of those whose removal is not proved. Where a refusal
 * can only be measured with the key itself, that goes on beside; the caller has all others measured. Throws UNAVAILABLE
 * when another holds the lease.
 */
export async function removeKeys(keyIds: readonly string[]): Promise<string[]> {
  const keys = (await listRevokingKeys(keyIds)).filter(({ removedAt }) => removedAt === null);
  const [first] = keys;
  if (!first) return [];
  const provider = openProvider(first.region);
  const { removed, failed } = await deleteKeys(provider, first.principalId, keys);
  for (const [keyId, error] of failed) logger.warn({ err: error, keyId }, "a key is not removed");
  for (const key of removed) {
    const found = keys.find(({ id }) => id === key.id);
    if (found && key.secret) measureBeside(provider, found, key);
  }
  const removedIds = new Set(removed.map(({ id }) => id));
  return keys.filter(({ id }) => !removedIds.has(id)).map(({ id }) => id);
}

function measureBeside(provider: Provider, key: RevokingKey, removed: RemovedKey): void {
  const finished = proveRefusal(provider, key, removed).finally(() => inFlight.delete(key.id));
  inFlight.set(key.id, { deleted: Promise.resolve(), finished });
  finished.catch((error: unknown) => logger.warn({ err: error, keyId: key.id }, "the measurement did not end well"));
}

function begin(keyId: string): Revocation {
  const known = inFlight.get(keyId);
  if (known) return known;
  const deleted = deleteOrResume(keyId);
  const finished = deleted
    .then((step) => step && proveRefusal(step.provider, step.key, step.removed))
    .finally(() => inFlight.delete(keyId));
  const revocation = { deleted, finished };
  inFlight.set(keyId, revocation);
  return revocation;
}

interface Deleted {
  provider: Provider;
  key: RevokingKey;
  removed: RemovedKey;
}

/** Undefined when there is nothing left to do, or another process does it. */
async function deleteOrResume(keyId: string): Promise<Deleted | undefined> {
  const key = await findRevokingKey(keyId);
  if (!key) return undefined;
  const provider = openProvider(key.region);
  const { removedAt } = key;
  if (removedAt === null) {
    const removed = await deleteKey(provider, key);
    return removed && { provider, key, removed };
  }
  // A gateway may have come to the region since.
  const sampled = key.region.gateways.length === 0;
  const gateways = provider.gateways();
  await withTransaction((tx) =>
    openReceipts(tx, { keys: [{ id: keyId, removedAt }], gateways, sampled, askedAt: null }),
  );
  return { provider, key, removed: { id: keyId, accessKeyId: key.accessKeyId, removedAt, secret: undefined } };
}

async function proveRefusal(provider: Provider, key: RevokingKey, removed: RemovedKey): Promise<void> {
  const known = readCalibration(key.region) ?? {};
  // With the secret in hand nothing may delay the measurement; and a gateway that is down delays no other's.
  const calibration = removed.secret ? known : await ensureCalibration(key.region).catch(() => known);
  await measureRefusal(provider, removed, calibration);
  const { removedAt } = removed;
  const over = await finalizeRevocations(key.region.name, provider.capabilities.revocationBoundMs, [
    { id: key.id, accessKeyId: key.accessKeyId, projectId: key.projectId, removedAt },
  ]);
  if (over.length === 0) throw new AppError("UNAVAILABLE", "not every gateway refuses the removed key yet");
}
