import "server-only";
import { moveKey, type SlotKey } from "@/lib/access-keys/data";
import { decideOverlapEnd } from "@/lib/access-keys/lifecycle/overlap";
import { type Ending, markRevoking } from "@/lib/access-keys/revoke/mark-revoking";
import { recordEvent } from "@/lib/audit/record";
import type { Transaction } from "@/lib/platform/db/client";

interface Replacement extends Pick<Ending, "actor" | "projectId" | "region" | "requestId" | "at"> {
  /** For how long the old key is kept beside the new one; null for not at all. */
  overlapSeconds: number | null;
}

/**
 * Decides what becomes of the key that a new one replaces: its end, or an overlap during which both work. An older key
 * that is still kept ends then, since one old key may be kept. Gives the ids of the keys whose end is decided.
 */
export async function replaceKey(
  tx: Transaction,
  live: readonly SlotKey[],
  replaced: SlotKey | undefined,
  { overlapSeconds, ...facts }: Replacement,
): Promise<string[]> {
  if (!replaced) return [];
  const until = decideOverlapEnd(replaced, overlapSeconds, facts.at);
  if (!until) {
    await markRevoking(tx, { ...facts, keys: [replaced], cause: "regenerated" });
    return [replaced.id];
  }
  const older = live.filter(({ state }) => state === "RETIRING");
  await markRevoking(tx, { ...facts, keys: older, cause: "retired" });
  const moved = await moveKey(tx, replaced.id, "retire", { retiresAt: until });
  if (!moved) throw new Error(`key ${replaced.id} changed without the lock of its principal`);
  const { actor, projectId, requestId, region } = facts;
  await recordEvent(tx, {
    event: "key.retiring",
    outcome: "done",
    actor,
    projectId,
    keyId: replaced.id,
    requestId,
    data: { region, accessKeyId: replaced.accessKeyId, until: until.toISOString() },
  });
  return older.map(({ id }) => id);
}
