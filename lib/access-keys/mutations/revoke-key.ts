import "server-only";
import { moveKey } from "@/lib/access-keys/data";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { ACT_DEADLINE_MS } from "@/lib/operations/rules";
import { db, readDatabaseClock } from "@/lib/platform/db";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { holdsLease, type Lease, releaseLease, takeLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { measureRefusal } from "@/lib/receipts/mutations";
import { openProvider } from "@/lib/regions/data";
import type { AccessKey, Principal, Region } from "@/prisma/generated/client";

type RevokingKey = AccessKey & { principal: Principal; region: Region };

/**
 * Carries out a decided end: switch off where the storage system can, remove, prove the absence, measure every
 * gateway's refusal, and only then call the key REVOKED. Picks up where a crash left it; does nothing to a key that
 * is not REVOKING. Throws UNAVAILABLE while that is not reached, so that the job is tried again.
 */
export async function revokeKey(keyId: string, lease?: Lease): Promise<void> {
  const key = await db.accessKey.findUnique({ where: { id: keyId }, include: { principal: true, region: true } });
  if (key?.state !== "REVOKING") return;
  const provider = openProvider(key.region);
  const context: CallContext = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId: keyId };
  const removedAt = key.removedAt ?? (await removeUnderLease(provider, key, context, lease));
  if (!(await measureRefusal(provider, { id: keyId, accessKeyId: key.accessKeyId, removedAt }, context))) {
    throw new AppError("UNAVAILABLE", "a gateway does not refuse the removed key yet");
  }
  await db.$transaction(async (tx) => {
    if (!(await moveKey(tx, keyId, "prove"))) return;
    await recordEvent(tx, {
      event: "key.revoked",
      outcome: "done",
      actor: SYSTEM_ACTOR,
      projectId: key.projectId,
      keyId,
      data: { region: key.region.name, accessKeyId: key.accessKeyId },
    });
  });
}

async function removeUnderLease(
  provider: Provider,
  key: RevokingKey,
  context: CallContext,
  given: Lease | undefined,
): Promise<Date> {
  const lease = given && (await holdsLease(given)) ? given : await takeOrWait(key.principalId);
  const ref = { principal: key.principal.externalId, accessKeyId: key.accessKeyId };
  try {
    if (provider.capabilities.deactivate === "key") await provider.setKeyState?.(ref, "inactive", context).catch(ignoreAbsence);
    if (!(await holdsLease(lease))) throw new AppError("UNAVAILABLE", "the lease has passed to another");
    await provider.removeKey(ref, context);
    const removedAt = await readDatabaseClock(db);
    await db.accessKey.update({ where: { id: key.id }, data: { removedAt } });
    return removedAt;
  } catch (error) {
    if (error instanceof ProviderError) throw new AppError("UNAVAILABLE", `removal failed: ${error.message}`);
    throw error;
  } finally {
    await releaseLease(db, lease);
  }
}

async function takeOrWait(principalId: string): Promise<Lease> {
  const taken = await db.$transaction((tx) => takeLease(tx, principalId, "Latchkey"));
  if (!taken.ok) throw new AppError("UNAVAILABLE", "another change holds the lease");
  return taken.lease;
}

function ignoreAbsence(error: unknown): void {
  if (error instanceof ProviderError && error.failure === "not-found") return;
  throw error;
}

/**
 * Starts the revocation of keys whose end was just decided, so that nobody waits for the worker. What fails here is
 * logged and left to the worker's job.
 */
export async function startRevocation(keyIds: string[], lease?: Lease): Promise<void> {
  for (const keyId of keyIds) {
    await revokeKey(keyId, lease).catch((error: unknown) => {
      logger.warn({ err: error, keyId }, "revocation goes on in the worker");
    });
  }
}
