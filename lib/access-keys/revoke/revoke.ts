import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { findRevokingKey, moveKey, type RevokingKey } from "@/lib/access-keys/data";
import { deleteKey } from "@/lib/access-keys/revoke/delete";
import { measureRefusal, type RemovedKey } from "@/lib/access-keys/revoke/measure";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Provider } from "@/lib/providers/provider";
import { listUnrefused, openReceipts } from "@/lib/receipts/data";
import { evaluateRefusal } from "@/lib/receipts/rules";
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
 * Removes a key whose end is decided, and goes on to measure its refusal. Resolves when every gateway refuses the key, or
 * when the key is removed and the time for waiting is over; the measurement then goes on beside, and in the worker's job.
 * Throws UNAVAILABLE when the removal is not proved.
 */
export async function removeKey(keyId: string, waitMs: number): Promise<void> {
  const { deleted, finished } = begin(keyId);
  const measured = finished.catch((error: unknown) => {
    logger.warn({ err: error, keyId }, "revocation goes on in the worker");
  });
  await deleted;
  await Promise.race([measured, pause(waitMs, undefined, { ref: false })]);
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
  await withTransaction((tx) => openReceipts(tx, { keyId, gateways, sampled, removedAt, askedAt: null }));
  return { provider, key, removed: { id: keyId, accessKeyId: key.accessKeyId, removedAt, secret: undefined } };
}

async function proveRefusal(provider: Provider, key: RevokingKey, removed: RemovedKey): Promise<void> {
  const known = readCalibration(key.region) ?? {};
  // With the secret in hand nothing may delay the measurement; and a gateway that is down delays no other's.
  const calibration = removed.secret ? known : await ensureCalibration(key.region).catch(() => known);
  await measureRefusal(provider, removed, calibration);
  await finalizeRevocation(provider, key, removed.removedAt);
}

/** REVOKING → REVOKED, when no gateway is left to wait for. Throws UNAVAILABLE until then. */
async function finalizeRevocation(provider: Provider, key: RevokingKey, removedAt: Date): Promise<void> {
  const { revocationBoundMs } = provider.capabilities;
  await withTransaction(async (tx) => {
    const now = await readDatabaseClock(tx);
    const unrefused = await listUnrefused(tx, key.id);
    const { over, unmeasured } = evaluateRefusal(unrefused, { removedAt, revocationBoundMs, now });
    if (!over) throw new AppError("UNAVAILABLE", "not every gateway refuses the removed key yet");
    if (!(await moveKey(tx, key.id, "prove"))) return;
    await recordEvent(tx, {
      event: "key.revoked",
      outcome: "done",
      actor: SYSTEM_ACTOR,
      projectId: key.projectId,
      keyId: key.id,
      data: {
        region: key.region.name,
        accessKeyId: key.accessKeyId,
        ...(unmeasured.length > 0 ? { unmeasured } : {}),
      },
    });
  });
}
