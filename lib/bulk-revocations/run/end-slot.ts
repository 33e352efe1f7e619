import "server-only";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { removeKey } from "@/lib/access-keys/revoke/revoke";
import { LIVE_STATES } from "@/lib/access-keys/rules";
import { type Item, markAlreadyEnded, markDecided, markFailed } from "@/lib/bulk-revocations/data";
import { describeLostRole } from "@/lib/bulk-revocations/rules";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { isUnavailable } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";

/** How long a lane waits for the gateways of a removed key. A gateway that keeps keys for longer delays no other key. */
const WAIT_MS = 2_000;
/** How often a removal is tried: another change of the project may have the lease for a moment. */
const REMOVALS_MAX = 2;

const NOT_REMOVED =
  "The storage system did not confirm the removal. The end of the key is decided, and Latchkey goes on trying.";
const NOT_DECIDED = "The portal could not end the key. The key still works.";

export interface SlotEnd {
  scope: ProjectScope;
  /** By name. */
  region: string;
  reason: string;
  /** Keys of one bulk revocation and one slot. */
  items: Item[];
}

/**
 * Ends keys of one slot by the mutation of a disable, removes them, and writes down what became of each. Throws when the
 * database is away. What is not known then, and after a lost answer, is left to the next run.
 */
export async function endSlot(end: SlotEnd): Promise<void> {
  const decided = end.items.filter(({ decidedAt }) => decidedAt !== null);
  const ours = [...decided, ...(await decideEnd(end))];
  for (const item of ours) {
    if (!(await tryRemoval(item.key.id))) await markFailed([item.id], NOT_REMOVED);
  }
}

/** Decides the end of the keys that still live. Gives the items whose keys this bulk revocation has ended. */
async function decideEnd({ scope, region, reason, items }: SlotEnd): Promise<Item[]> {
  const open = items.filter(({ decidedAt }) => decidedAt === null);
  const [first] = open;
  if (!first) return [];
  const accessKeyIds = open.map(({ key }) => key.accessKeyId);
  try {
    // The id of the row is the request id: after a crash the answer tells whether the end was decided here.
    const request = { scope, region, slot: first.key.slot, requestId: first.id, reason, accessKeyIds };
    const outcome = await disableAccess(request);
    const ended = await listEnded(open);
    const isOurs = ({ key }: Item) =>
      outcome.ok && (outcome.outcome === "already-done" || outcome.accessKeyIds.includes(key.accessKeyId));
    const ours = ended.filter(isOurs);
    await markDecided(idsOf(ours), await readDatabaseClock(db));
    await markAlreadyEnded(idsOf(ended.filter((item) => !isOurs(item))));
    const alive = open.filter((item) => !ended.includes(item));
    if (alive.length > 0) await markFailed(idsOf(alive), outcome.ok ? NOT_DECIDED : outcome.message);
    return ours;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    logger.warn({ err: error, region }, "keys of a bulk revocation could not be ended");
    // The end may be decided all the same. The next run asks again with the same request id.
    if (error instanceof AppError && error.code === "UNAVAILABLE") return [];
    const refused = error instanceof AppError && error.code === "NOT_FOUND";
    await markFailed(idsOf(open), refused ? describeLostRole(scope.actor.name) : NOT_DECIDED);
    return [];
  }
}

async function listEnded(items: readonly Item[]): Promise<Item[]> {
  const live = await db.accessKey.findMany({
    where: { id: { in: items.map(({ key }) => key.id) }, state: { in: [...LIVE_STATES] } },
    select: { id: true },
  });
  const ids = new Set(live.map(({ id }) => id));
  return items.filter(({ key }) => !ids.has(key.id));
}

/** False when the storage system did not prove the removal. */
async function tryRemoval(keyId: string): Promise<boolean> {
  for (let removal = 1; removal <= REMOVALS_MAX; removal += 1) {
    try {
      await removeKey(keyId, WAIT_MS);
      return true;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      logger.warn({ err: error, keyId }, "a key of a bulk revocation is not removed");
    }
  }
  return false;
}

const idsOf = (items: readonly Item[]): string[] => items.map(({ id }) => id);
