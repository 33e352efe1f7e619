import "server-only";
import { disableKeys } from "@/lib/access-keys/revoke/disable-keys";
import { describeRefusal } from "@/lib/access-keys/rules";
import {
  failWaiting,
  type Item,
  listNextItems,
  markDecided,
  markFailed,
  markRunning,
} from "@/lib/bulk-revocations/data";
import { describeLostRole } from "@/lib/bulk-revocations/rules";
import { type Actor, assertPlatformStillAllowed } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { isLockTimeout } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";
import { groupBy } from "@/lib/platform/group-by";
import { logger } from "@/lib/platform/logger";
import type { Region } from "@/prisma/generated/client";

/** The ends of so many keys are decided in one transaction. */
const DECIDED_AT_ONCE = 120;

const NOT_DECIDED = "The portal could not end the key. The key still works.";

/**
 * Decides the end of the next keys that wait in a region, and writes down what became of each in the same transaction.
 * Gives how many were looked at.
 */
export async function decideNext(region: Region): Promise<number> {
  const items = await listNextItems(region.id, DECIDED_AT_ONCE);
  if (items.length === 0) return 0;
  await markRunning(items.map(({ id }) => id));
  const open = items.filter(({ decidedAt }) => decidedAt === null);
  for (const ofOne of groupBy(open, ({ bulkRevocationId }) => bulkRevocationId).values()) await decide(region, ofOne);
  return items.length;
}

/** The items are of one bulk revocation. A key that cannot be decided takes no others with it but its principal's. */
async function decide(region: Region, items: Item[]): Promise<void> {
  const [first] = items;
  if (!first) return;
  const { actor, reason } = await readBulkRevocation(first.bulkRevocationId);
  try {
    await decideTogether(region, actor, reason, items);
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") {
      // What nobody may decide any more is not done, and what still waits is given up.
      await failWaiting(first.bulkRevocationId, idsOf(items), describeLostRole(actor.name));
      return;
    }
    const isLocked = isLockTimeout(error);
    if (error instanceof AppError && error.code === "UNAVAILABLE" && !isLocked) throw error;
    const principals = [...groupBy(items, ({ key }) => key.principalId).values()];
    if (principals.length > 1) {
      for (const ofOne of principals) await decide(region, ofOne);
      return;
    }
    logger.warn({ err: error, region: region.name }, "keys of a bulk revocation could not be ended");
    // Whoever holds the lock for so long lets go of it by the next run.
    if (!isLocked) await markFailed(db, idsOf(items), NOT_DECIDED);
  }
}

async function decideTogether(region: Region, actor: Actor, reason: string, items: readonly Item[]): Promise<void> {
  await withTransaction(async (tx) => {
    await assertPlatformStillAllowed(tx, actor, "keys:bulk-revoke");
    const keys = items.map(({ id: requestId, key: { id, principalId, slot } }) => ({
      id,
      principalId,
      slot,
      requestId,
    }));
    // Those that another change has ended stay as they are until that is carried out.
    const { revoking, busy, at } = await disableKeys(tx, { actor, region, reason, keys });
    const itemsOf = (ids: readonly string[]) => idsOf(items.filter(({ key }) => ids.includes(key.id)));
    await markDecided(tx, itemsOf(revoking), at);
    if (busy.length > 0) await markFailed(tx, itemsOf(busy), describeRefusal("busy"));
  });
}

/** In whose name keys are ended, and why. */
async function readBulkRevocation(id: string): Promise<{ actor: Actor; reason: string }> {
  const bulk = await db.bulkRevocation.findUniqueOrThrow({ where: { id }, include: { actor: true } });
  const { id: userId, name, email, platformRole } = bulk.actor;
  const origin = { address: bulk.address ?? undefined, via: bulk.via ?? undefined };
  return { actor: { userId, name, email, platformRole, ...origin }, reason: bulk.reason };
}

const idsOf = (items: readonly Item[]): string[] => items.map(({ id }) => id);
