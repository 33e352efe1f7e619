import "server-only";
import { markAsked, markUsed, type SampledKey } from "@/lib/access-keys/data";
import { findNewUse } from "@/lib/access-keys/repair/rules";
import { withTransaction } from "@/lib/platform/db/transaction";

/** A key that the storage system lists, and when it was last used there; undefined when it never was. */
export interface Listed {
  key: SampledKey;
  usedAt: Date | undefined;
}

/**
 * Writes down when keys were last used, as the storage system told it at `asOf`: one statement for all of them, and one
 * more for each key that was used since the last time.
 */
export async function noteUses(listed: readonly Listed[], asOf: Date): Promise<void> {
  if (listed.length === 0) return;
  const uses = listed.flatMap(({ key, usedAt }) => {
    const newUse = findNewUse(key, usedAt);
    return newUse ? [{ keyId: key.id, newUse }] : [];
  });
  await withTransaction(async (tx) => {
    const ids = listed.map(({ key }) => key.id);
    await markAsked(tx, ids, asOf);
    for (const { keyId, newUse } of uses) await markUsed(tx, keyId, newUse);
  });
}
