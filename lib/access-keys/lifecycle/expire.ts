import "server-only";
import { moveKey } from "@/lib/access-keys/data";
import { switchKey } from "@/lib/access-keys/lifecycle/apply-plan";
import { hasPassed } from "@/lib/access-keys/lifecycle/rules";
import { markRevoking } from "@/lib/access-keys/revoke/mark-revoking";
import { statesThatAllow } from "@/lib/access-keys/rules";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { connectQueue } from "@/lib/jobs/queue";
import { db, type Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { lockPrincipal } from "@/lib/principals/data";
import { type Decision, type Lease, withLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { AccessKey, Principal, Region } from "@/prisma/generated/client";

export type ExpiringKey = AccessKey & { principal: Principal; region: Region };

/**
 * Ends the time of a key whose date has passed. Where the storage system can switch a single key, the key is switched
 * off, and a later date revives it. Elsewhere, and of a key that is to be removed at its date, its end is decided, as
 * `disable` would. Does nothing to any other key.
 * Several workers may call it at once. Throws UNAVAILABLE when the storage system does not do it, or another holds the
 * lease.
 */
export async function expireKey(keyId: string): Promise<void> {
  await connectQueue();
  const key = await db.accessKey.findUnique({ where: { id: keyId }, include: { principal: true, region: true } });
  if (!key) return;
  const provider = openProvider(key.region);
  const isSwitchedOff = provider.capabilities.deactivate === "key" && !key.removeAtExpiration;
  await (isSwitchedOff ? switchOff(provider, key) : revokeExpired(key));
}

async function switchOff(provider: Provider, key: ExpiringKey): Promise<void> {
  const outcome = await withLease(
    key.principalId,
    "Latchkey",
    {
      async begin(tx, { now }): Promise<Decision<undefined, "not-due">> {
        return (await isDue(tx, key.id, now))
          ? { ok: true, write: async () => undefined }
          : { ok: false, refused: "not-due" };
      },
    },
    (lease) => switchOffUnderLease(provider, key, lease),
  );
  if (outcome.lease === "locked") throw new AppError("UNAVAILABLE", "another change holds the lease");
}

async function switchOffUnderLease(provider: Provider, key: ExpiringKey, lease: Lease): Promise<void> {
  const ref = { principal: key.principal.externalId, accessKeyId: key.accessKeyId };
  try {
    await switchKey(provider, ref, "inactive", lease.callContext(key.id));
  } catch (error) {
    // A key that is not there works no more than one that is switched off. The sweep reports it.
    if (!(error instanceof ProviderError)) throw error;
    if (error.failure !== "not-found") throw new AppError("UNAVAILABLE", `not switched off: ${error.message}`);
  }
  const isDone = await withTransaction(async (tx) => {
    const locked = await lease.lock(tx);
    if (!locked || !(await moveKey(tx, key.id, "expire"))) return false;
    await recordEvent(tx, {
      event: "key.expired",
      outcome: "done",
      actor: SYSTEM_ACTOR,
      projectId: key.projectId,
      keyId: key.id,
      data: { region: key.region.name, accessKeyId: key.accessKeyId },
    });
    return true;
  });
  if (!isDone) throw new AppError("UNAVAILABLE", "the lease has passed to another");
}

/** Decides the end of a key whose date has passed. Does nothing to any other key. */
export async function revokeExpired({ id, accessKeyId, projectId, principalId, region }: ExpiringKey): Promise<void> {
  await withTransaction(async (tx) => {
    const { now } = await lockPrincipal(tx, principalId);
    if (!(await isDue(tx, id, now))) return;
    await markRevoking(tx, {
      keys: [{ id, accessKeyId }],
      actor: SYSTEM_ACTOR,
      projectId,
      region: region.name,
      cause: "expired",
      at: now,
    });
  });
}

/** The state and the date as they stand under the lock of the principal. */
async function isDue(tx: Transaction, keyId: string, now: Date): Promise<boolean> {
  const key = await tx.accessKey.findUnique({ where: { id: keyId }, select: { state: true, expiresAt: true } });
  return key !== null && statesThatAllow("expire").includes(key.state) && hasPassed(key.expiresAt, now);
}
