import "server-only";
import { moveKey, type SlotKey } from "@/lib/access-keys/data";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { Statements } from "@/lib/platform/sql";

export interface Ending {
  /** Keys that can be ended, read after their principal was locked. */
  keys: SlotKey[];
  actor: AuditActor;
  projectId: string;
  region: string;
  requestId: string;
  cause: "regenerated" | "disabled";
  /** The transaction's time. */
  at: Date;
  reason?: string | undefined;
}

/**
 * Decides the end of keys: REVOKING, with its audit line, in the caller's transaction. That state is itself the job: the
 * worker carries out what is left in it, see `listUnfinishedRevocations`.
 */
export async function endKeys(tx: Statements, { keys, ...ending }: Ending): Promise<void> {
  await Promise.all(keys.map((key) => endKey(tx, key, ending)));
}

async function endKey(tx: Statements, key: SlotKey, ending: Omit<Ending, "keys">): Promise<void> {
  const { actor, cause, reason } = ending;
  const [moved] = await Promise.all([
    moveKey(tx, key.id, "revoke", { endedAt: ending.at, endedById: actor.userId, endReason: reason ?? cause }),
    recordEvent(tx, {
      event: "key.revoking",
      outcome: "requested",
      actor,
      projectId: ending.projectId,
      keyId: key.id,
      requestId: ending.requestId,
      data: { region: ending.region, accessKeyId: key.accessKeyId, cause, ...(reason ? { reason } : {}) },
    }),
  ]);
  // They were read under the lock of their principal, under which every end is decided.
  if (!moved) throw new Error(`key ${key.id} changed without the lock of its principal`);
}
