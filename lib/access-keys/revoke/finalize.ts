import "server-only";
import { moveKeys } from "@/lib/access-keys/data";
import { recordEvents, SYSTEM_ACTOR } from "@/lib/audit/record";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { listUnrefused } from "@/lib/receipts/data";
import { evaluateRefusal } from "@/lib/receipts/rules";

/** A removed key whose refusal is measured. */
export interface MeasuredKey {
  id: string;
  accessKeyId: string;
  projectId: string;
  removedAt: Date;
}

/**
 * REVOKING → REVOKED for those keys of a region of which no gateway is left to wait for. Gives the ids of these, whoever
 * moved them.
 */
export async function finalizeRevocations(
  region: string,
  revocationBoundMs: number,
  keys: readonly MeasuredKey[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  return withTransaction(async (tx) => {
    const now = await readDatabaseClock(tx);
    const unrefused = await listUnrefused(
      tx,
      keys.map(({ id }) => id),
    );
    const measured = keys.map((key) => {
      const ofKey = unrefused.filter(({ keyId }) => keyId === key.id);
      return { ...key, ...evaluateRefusal(ofKey, { removedAt: key.removedAt, revocationBoundMs, now }) };
    });
    const over = measured.filter((key) => key.over).map(({ id }) => id);
    const moved = new Set(await moveKeys(tx, over, "prove"));
    await recordEvents(
      tx,
      measured
        .filter(({ id }) => moved.has(id))
        .map(({ id, accessKeyId, projectId, unmeasured }) => ({
          event: "key.revoked" as const,
          outcome: "done" as const,
          actor: SYSTEM_ACTOR,
          projectId,
          keyId: id,
          data: { region, accessKeyId, ...(unmeasured.length > 0 ? { unmeasured } : {}) },
        })),
    );
    return over;
  });
}
