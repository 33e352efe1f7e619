import "server-only";
import { findRevoking, moveKey } from "@/lib/access-keys/data";
import { removeKey, type RevokingKey } from "@/lib/access-keys/revoke/delete";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { sql, transact } from "@/lib/platform/sql";
import { type Lease, releaseLease } from "@/lib/principals/mutations";
import type { Provider } from "@/lib/providers/provider";
import { judgeRefusal } from "@/lib/receipts/data";
import {
  type GatewayRefusal,
  measureRefusal,
  noteRefusals,
  openReceipts,
  type RemovedKey,
} from "@/lib/receipts/mutations";
import { findRegion, openProvider, readCalibration } from "@/lib/regions/data";
import { ensureCalibration } from "@/lib/regions/mutations";

interface Revocation {
  removed: Promise<unknown>;
  proved: Promise<void>;
}

/** What this process is carrying out now: a second call for the same key joins the first. */
const underWay = new Map<string, Revocation>();

/**
 * Carries out a decided end: removes the key and proves it, measures every gateway's refusal, and only then calls the
 * key REVOKED. Picks up where a crash left it; does nothing to a key that is not REVOKING. It takes as long as a
 * gateway keeps the pair. Throws UNAVAILABLE while that is not reached, so that it is tried again.
 */
export function revokeKey(keyId: string, lease?: Lease): Promise<void> {
  return begin(keyId, lease).proved;
}

/**
 * Starts the revocation of keys whose end was just decided, so that nobody waits for the worker: removes them one
 * after the other, then measures all. The first is taken as it was decided where the lease of that decision is given;
 * any other is read again. Never throws: what fails here is logged and left to the worker's job.
 */
export async function startRevocation(keys: readonly (RevokingKey | string)[], lease?: Lease): Promise<void> {
  const revocations: Promise<void>[] = [];
  for (const [index, key] of keys.entries()) {
    // Under the lease of its own transaction nothing of the first one can have changed, and its record gives it back.
    const { removed, proved } = index === 0 && lease ? begin(key, lease) : begin(idOf(key));
    revocations.push(
      proved.catch((error: unknown) => {
        logger.warn({ err: error, keyId: idOf(key) }, "revocation goes on in the worker");
      }),
    );
    const [{ status }] = await Promise.allSettled([removed]);
    // What could not even be begun did not give it back.
    if (index === 0 && lease && status === "rejected") await giveBack(lease);
  }
  await Promise.all(revocations);
}

function begin(key: RevokingKey | string, lease?: Lease): Revocation {
  const keyId = idOf(key);
  const known = underWay.get(keyId);
  if (known) {
    if (lease) void giveBack(lease);
    return known;
  }
  const removed = typeof key === "string" ? removeById(key, lease) : removeNow(key, lease);
  const proved = removed
    .then((step) => step && proveRefusal(step.provider, step.key, step.removed))
    .finally(() => underWay.delete(keyId));
  const revocation = { removed, proved };
  underWay.set(keyId, revocation);
  return revocation;
}

function giveBack(lease: Lease): Promise<void> {
  return releaseLease(sql, lease).catch((error: unknown) => logger.warn({ err: error }, "a lease runs out by itself"));
}

const idOf = (key: RevokingKey | string): string => (typeof key === "string" ? key : key.id);

async function removeNow(key: RevokingKey, lease: Lease | undefined) {
  const provider = openProvider(key.region);
  return { provider, key, removed: await removeKey(provider, key, lease) };
}

async function removeById(keyId: string, lease: Lease | undefined) {
  const found = await findRevoking(keyId);
  // What has nothing left to remove does not give it back.
  if (lease && (!found || found.removedAt)) await giveBack(lease);
  if (!found) return undefined;
  const { externalId, removedAt, ...row } = found;
  const key: RevokingKey = { ...row, principal: { externalId }, region: await findRegion(row.region) };
  if (!removedAt) return removeNow(key, lease);
  const provider = openProvider(key.region);
  // A gateway may have come to the region since.
  const open = await transact((tx) => openReceipts(tx, provider, key, { removedAt, isMeasured: false }));
  return { provider, key, removed: { ...key, removedAt, secret: undefined, open } };
}

async function proveRefusal(provider: Provider, key: RevokingKey, removed: RemovedKey): Promise<void> {
  const known = readCalibration(key.region) ?? {};
  // With the pair in hand nothing may delay the measurement; and a gateway that is down delays no other's.
  const calibration = removed.secret ? known : await ensureCalibration(key.region).catch(() => known);
  const refusals = await measureRefusal(provider, removed, calibration);
  try {
    await concludeRefusal(provider, key, removed, refusals);
  } catch (error) {
    // What was seen stands, whatever cannot be concluded from it yet.
    await noteRefusals(sql, key.id, refusals);
    throw error;
  }
}

/** In one commit with the refusals that are not written down yet. Throws UNAVAILABLE when there is more to wait for. */
async function concludeRefusal(
  provider: Provider,
  key: RevokingKey,
  removed: RemovedKey,
  refusals: readonly GatewayRefusal[],
): Promise<void> {
  await transact(async (tx) => {
    // In one trip: moved too early, it is taken back.
    const [, { over, unmeasured }, moved] = await Promise.all([
      noteRefusals(tx, key.id, refusals),
      judgeRefusal(tx, provider, removed),
      moveKey(tx, key.id, "prove"),
    ]);
    if (!over) throw new AppError("UNAVAILABLE", "not every gateway refuses the removed key yet");
    if (!moved) return;
    const event = recordEvent(tx, {
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
    await tx.commit([event]);
  });
}
