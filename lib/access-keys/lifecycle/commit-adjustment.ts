import "server-only";
import { moveKey, type SlotKey, updateKey } from "@/lib/access-keys/data";
import type { Adjustment, AdjustmentPlan } from "@/lib/access-keys/lifecycle/rules";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { moveOperation } from "@/lib/operations/data";
import type { Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Lease } from "@/lib/principals/mutations";
import type { Principal, Region } from "@/prisma/generated/client";

/** A change of a key that is written down and not finished. */
export interface PendingAdjustment {
  operationId: string;
  requestId: string;
  adjustment: Adjustment;
  plan: AdjustmentPlan;
  key: Pick<SlotKey, "id" | "accessKeyId">;
  principal: Principal;
  region: Region;
}

/**
 * Writes down that the storage system did what the plan says: state, date, operation and audit line, all or nothing.
 * False when the lease has passed to another.
 */
export async function commitAdjustment(pending: PendingAdjustment, lease: Lease, actor: AuditActor): Promise<boolean> {
  const { operationId, plan, key } = pending;
  return withTransaction(async (tx) => {
    const locked = await lease.lock(tx);
    if (!locked) return false;
    const { now } = locked;
    const done = await moveOperation(tx, operationId, {
      from: ["PENDING"],
      to: "DONE",
      finishedAt: now,
      dueAt: null,
    });
    const facts = { modifiedAt: now, ...(plan.expiresAt === undefined ? {} : { expiresAt: plan.expiresAt }) };
    const moved = plan.event ? await moveKey(tx, key.id, plan.event, facts) : await updateKey(tx, key.id, facts);
    // Whoever moves the key or takes the operation over takes the lease first.
    if (!done || !moved) throw new Error(`operation ${operationId} and its key are not in step`);
    await recordDone(tx, pending, actor);
    return true;
  });
}

async function recordDone(
  tx: Transaction,
  { adjustment, plan, key, principal, region, requestId }: PendingAdjustment,
  actor: AuditActor,
): Promise<void> {
  const line = { outcome: "done" as const, actor, projectId: principal.projectId, keyId: key.id, requestId };
  const data = { region: region.name, accessKeyId: key.accessKeyId };
  switch (adjustment.kind) {
    case "DEACTIVATE": {
      const { reason } = adjustment;
      return recordEvent(tx, { ...line, event: "key.deactivated", data: { ...data, ...(reason ? { reason } : {}) } });
    }
    case "ACTIVATE":
      return recordEvent(tx, { ...line, event: "key.activated", data });
    case "SET_EXPIRATION": {
      const expiresAt = adjustment.expiresAt?.toISOString() ?? null;
      const revived = plan.event === "revive";
      return recordEvent(tx, { ...line, event: "key.expiration-set", data: { ...data, expiresAt, revived } });
    }
  }
}
