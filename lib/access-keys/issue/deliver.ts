import "server-only";
import { listCurrentKeys, moveKey } from "@/lib/access-keys/data";
import { commitPair } from "@/lib/access-keys/issue/commit";
import { type RevokingKey, toRevoking } from "@/lib/access-keys/revoke/delete";
import type { IssueRequest, WrittenAhead } from "@/lib/access-keys/issue/write-ahead";
import { assertStillAllowed } from "@/lib/gate/scope";
import { moveOperation } from "@/lib/operations/mutations";
import { ACKNOWLEDGE_SECONDS } from "@/lib/operations/rules";
import { transact } from "@/lib/platform/sql";
import { type Lease, lockLease, releaseLease, renewLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";

/** The keys that a new pair took the place of, and the lease under which their removal can start. */
export interface HandedOver {
  revoking: RevokingKey[];
  lease: Lease | undefined;
}

/** CREATING → ISSUED, only while the lease stands; from now on the acknowledgement is awaited. */
export async function awaitAcknowledgement({ operationId, keyId, lease }: WrittenAhead): Promise<boolean> {
  return transact(async (tx) => {
    const now = await lockLease(tx, lease);
    if (!now) return false;
    const dueAt = new Date(now.getTime() + ACKNOWLEDGE_SECONDS * 1_000);
    // Whoever takes the operation over takes the lease first: while it stands, both are where this change left them.
    const moved = await Promise.all([
      moveOperation(tx, operationId, { from: ["PENDING"], to: "DELIVERING", dueAt }),
      moveKey(tx, keyId, "issue"),
      releaseLease(tx, lease),
    ]);
    if (moved.includes(false)) throw new Error(`operation ${operationId} changed without its lease`);
    return true;
  });
}

/**
 * For callers to whom the reply is the delivery: CREATING → ISSUED → ACTIVE just before it, only while the lease
 * stands. Gives the keys whose removal can start, and where there are any the lease, renewed for it. Undefined when the
 * lease is lost.
 */
export async function commitForReply(
  change: WrittenAhead,
  { scope, requestId }: IssueRequest,
): Promise<HandedOver | undefined> {
  const { lease, principal, operationId, kind, keyId, accessKeyId } = change;
  const { projectId } = scope;
  return transact(async (tx) => {
    const [, now, replaced, region] = await Promise.all([
      assertStillAllowed(tx, scope, "keys:issue"),
      lockLease(tx, lease),
      listCurrentKeys(tx, projectId, change.region.name),
      // Gateways may have come to it while the pair was made, and the removal is measured at all of them.
      findRegion(change.region.name, tx),
    ]);
    if (!now) return undefined;
    const made = { operationId, kind, keyId, accessKeyId, state: "PENDING" as const };
    const issued = { ...made, scope, requestId, region: region.name, now };
    const [, renewed] = await Promise.all([
      commitPair(tx, issued, replaced),
      // The removal has its own deadline, and what is left of this lease may be less.
      replaced.length > 0 ? renewLease(tx, lease) : releaseLease(tx, lease),
    ]);
    return {
      revoking: replaced.map((key) => toRevoking(key, { projectId, principal, region })),
      lease: renewed ?? undefined,
    };
  });
}
