import "server-only";
import { moveKey, type SlotKey } from "@/lib/access-keys/data";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { enqueue } from "@/lib/jobs/queue";
import type { Statements } from "@/lib/platform/sql";

/** The worker leaves the first moments to the process that decided: both would only wait for each other's lease. */
const WORKER_STARTS_AFTER_SECONDS = 5;

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

/** Decides the end of keys: REVOKING, with audit line and revocation job in the caller's transaction. */
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
    enqueue(tx, "revoke-key", { keyId: key.id }, key.id, { startAfterSeconds: WORKER_STARTS_AFTER_SECONDS }),
  ]);
  // They were read under the lock of their principal, under which every end is decided.
  if (!moved) throw new Error(`key ${key.id} changed without the lock of its principal`);
}
