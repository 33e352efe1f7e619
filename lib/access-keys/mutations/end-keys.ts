import "server-only";
import { moveKey, type SlotKey } from "@/lib/access-keys/data";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { enqueue } from "@/lib/jobs/queue";
import type { Transaction } from "@/lib/platform/db";

/** The worker leaves the first moments to the process that decided: both would only wait for each other's lease. */
const WORKER_STARTS_AFTER_SECONDS = 5;

export interface Ending {
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
export async function endKeys(tx: Transaction, ending: Ending): Promise<string[]> {
  const ended: string[] = [];
  for (const key of ending.keys) {
    const moved = await moveKey(tx, key.id, "revoke", {
      endedAt: ending.at,
      endedById: ending.actor.userId,
      endReason: ending.reason ?? ending.cause,
    });
    if (!moved) continue;
    ended.push(key.id);
    await recordEvent(tx, {
      event: "key.revoking",
      outcome: "requested",
      actor: ending.actor,
      projectId: ending.projectId,
      keyId: key.id,
      requestId: ending.requestId,
      data: {
        region: ending.region,
        accessKeyId: key.accessKeyId,
        cause: ending.cause,
        ...(ending.reason ? { reason: ending.reason } : {}),
      },
    });
    await enqueue(tx, "revoke-key", { keyId: key.id }, key.id, { startAfterSeconds: WORKER_STARTS_AFTER_SECONDS });
  }
  return ended;
}
