import "server-only";
import { moveKey } from "@/lib/access-keys/data";
import { commitKey } from "@/lib/access-keys/issue/commit";
import type { Change } from "@/lib/access-keys/issue/write-ahead";
import type { ProjectScope } from "@/lib/gate/scope";
import { moveOperation } from "@/lib/operations/data";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Lease } from "@/lib/principals/mutations";

/** How long a delivered secret may stay without acknowledgement. Seconds. */
export const ACKNOWLEDGE_SECONDS = 60;

/** `revoking`: the ids of the keys whose removal can start now. `ok: false`: the lease has passed to another. */
export type Delivery = { ok: true; revoking: string[] } | { ok: false };

/** Step 4. How the new key reaches the one who asked for it. */
export type Deliver = (change: Change, lease: Lease, scope: ProjectScope) => Promise<Delivery>;

/**
 * For browsers: the reply carries the secret, and the browser acknowledges it in another request within 60 s. That
 * request commits the change. Without it the worker undoes the change, and the old key works on.
 */
export const awaitAcknowledgement: Deliver = async (change, lease) =>
  (await markIssued(change, lease)) ? { ok: true, revoking: [] } : { ok: false };

/** For programs: the reply is the delivery, so the change is committed just before it. */
export const commitBeforeReply: Deliver = async (change, lease, scope) => {
  if (!(await markIssued(change, lease))) return { ok: false };
  const committed = await commitKey(scope, change.operationId);
  return committed.ok ? committed : { ok: false };
};

/** CREATING → ISSUED, only while the lease stands. From now on the acknowledgement is awaited. */
async function markIssued({ operationId, keyId }: Change, lease: Lease): Promise<boolean> {
  return withTransaction(async (tx) => {
    const locked = await lease.lock(tx);
    if (!locked) return false;
    const dueAt = new Date(locked.now.getTime() + ACKNOWLEDGE_SECONDS * 1_000);
    const delivering = await moveOperation(tx, operationId, { from: ["PENDING"], to: "DELIVERING", dueAt });
    const issued = await moveKey(tx, keyId, "issue");
    // Whoever takes an operation over takes the lease first.
    if (!delivering || !issued) throw new Error(`operation ${operationId} changed without its lease`);
    return true;
  });
}
