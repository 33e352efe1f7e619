import "server-only";
import { removeKeys } from "@/lib/access-keys/revoke/revoke";
import { type Item, listUnremovedItems, markFailed } from "@/lib/bulk-revocations/data";
import { db } from "@/lib/platform/db/client";
import { isUnavailable } from "@/lib/platform/db/unavailable";
import { groupBy } from "@/lib/platform/group-by";
import { logger } from "@/lib/platform/logger";

/** So many keys of a region are removed at once, so that its storage system is not flooded. Never two of one principal. */
const AT_ONCE = 6;
const TAKEN_AT_ONCE = 120;
/** How often a removal is tried without success: another change of the project may have the lease for a moment. */
const TRIES_MAX = 2;

const NOT_REMOVED =
  "The storage system did not confirm the removal. The end of the key is decided, and Latchkey goes on trying.";

/**
 * Removes the next keys of a region whose end is decided, and gives how many were looked at. A key whose removal is not
 * proved has failed, and is left to the worker's job for single keys. What the time does not suffice for is left.
 */
export async function removeNext(regionId: string, until: number): Promise<number> {
  const items = await listUnremovedItems(regionId, TAKEN_AT_ONCE);
  const principals = [...groupBy(items, ({ key }) => key.principalId).values()];
  const lane = async () => {
    for (let ofOne = principals.shift(); ofOne; ofOne = principals.shift()) await removeOfPrincipal(ofOne, until);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return items.length;
}

async function removeOfPrincipal(items: readonly Item[], until: number): Promise<void> {
  let left = [...new Set(items.map(({ key }) => key.id))];
  for (let failures = 0; left.length > 0 && failures < TRIES_MAX;) {
    if (Date.now() >= until) return;
    const before = left.length;
    left = await tryRemoval(left);
    if (left.length === before) failures += 1;
  }
  const failed = items.filter(({ key }) => left.includes(key.id)).map(({ id }) => id);
  if (failed.length > 0) await markFailed(db, failed, NOT_REMOVED);
}

/** Gives the ids of the keys whose removal is not proved. */
async function tryRemoval(keyIds: string[]): Promise<string[]> {
  try {
    return await removeKeys(keyIds);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    logger.warn({ err: error, keyIds }, "keys of a bulk revocation are not removed");
    return keyIds;
  }
}
