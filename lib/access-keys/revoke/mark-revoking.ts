import "server-only";
import { moveKey, type SlotKey } from "@/lib/access-keys/data";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { enqueue } from "@/lib/jobs/queue";
import type { Transaction } from "@/lib/platform/db/client";

/** The worker leaves the first moments to the process that decided: both would only wait for each other's lease. */
const WORKER_STARTS_AFTER_SECONDS = 5;

/** What is written down as the reason of a key's end when nobody but its date ended it. */
export const EXPIRED_REASON: Ending["cause"] = "expired";

export interface Ending {
  /** Keys that can be ended, read after their principal was locked. */
  keys: Pick<SlotKey, "id" | "accessKeyId">[];
  actor: AuditActor;
  projectId: string;
  /** By name. */
  region: string;
  requestId?: string | undefined;
  cause: "regenerated" | "disabled" | "expired" | "retired";
  /** The database's time. */
  at: Date;
  reason?: string | undefined;
}

/** Decides the end of keys: REVOKING, with audit line and revocation job in the caller's transaction. */
export async function markRevoking(tx: Transaction, { keys, ...ending }: Ending): Promise<void> {
  const { actor, cause, at, reason } = ending;
  for (const { id: keyId, accessKeyId } of keys) {
    const facts = { endedAt: at, endedById: actor.userId, endReason: reason ?? cause };
    const moved = await moveKey(tx, keyId, "revoke", facts);
    if (!moved) throw new Error(`key ${keyId} changed without the lock of its principal`);
    await recordEvent(tx, composeRevokingEvent({ id: keyId, accessKeyId }, ending));
    // What the worker itself decides it starts at once.
    const startAfterSeconds = actor.userId === null ? 0 : WORKER_STARTS_AFTER_SECONDS;
    await enqueue(tx, "revoke-key", { keyId }, keyId, { startAfterSeconds });
  }
}

/** The line of the audit log for a key whose end is decided. */
export function composeRevokingEvent(
  { id: keyId, accessKeyId }: Ending["keys"][number],
  { actor, projectId, region, requestId, cause, reason }: Omit<Ending, "keys" | "at">,
) {
  return {
    event: "key.revoking" as const,
    outcome: "requested" as const,
    ...{ actor, projectId, keyId, requestId },
    data: { region, accessKeyId, cause, ...(reason ? { reason } : {}) },
  };
}
