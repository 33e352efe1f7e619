import "server-only";
import { applyPlan } from "@/lib/access-keys/lifecycle/apply-plan";
import { commitAdjustment, type PendingAdjustment } from "@/lib/access-keys/lifecycle/commit-adjustment";
import { type Adjustment, decideAdjustment } from "@/lib/access-keys/lifecycle/rules";
import { describeRefusal } from "@/lib/access-keys/rules";
import { type AdjustingOperation, failOperation, lockAdjustingOperation } from "@/lib/operations/data";
import { isOverdue } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import { type Decision, withLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import { openProvider } from "@/lib/regions/data";

/**
 * Carries out a change of a key whose process died, or whose storage system did not confirm it. Does nothing to one
 * that is not overdue. Safe to call at any time and from several processes. `busy`: another holds the lease.
 * `unproven`: the storage system does not confirm it. Both are to be tried again.
 */
export async function carryOutAdjustment(
  operationId: string,
  principalId: string,
): Promise<"settled" | "busy" | "unproven"> {
  const outcome = await withLease(
    principalId,
    "Latchkey",
    { begin: (tx, { now, until }) => takeOver(tx, operationId, now, until) },
    async (lease, found) => {
      if (!("pending" in found)) return failOperation(db, operationId, found.reason).then(() => true);
      const { pending, actor } = found;
      try {
        await applyPlan(pending, lease, operationId);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const { failure, message: detail } = error;
        logger.warn({ operationId, failure, detail }, "the change of the key is not carried out yet");
        // Without the key there is nothing to change; the sweep reports that it is missing.
        return failure === "not-found" && failOperation(db, operationId, detail).then(() => true);
      }
      return commitAdjustment(pending, lease, actor);
    },
  );
  if (outcome.lease === "locked") return "busy";
  if (outcome.lease === "refused") return "settled";
  return outcome.result ? "settled" : "unproven";
}

type Found = { pending: PendingAdjustment; actor: { userId: string; name: string } } | { reason: string };

async function takeOver(
  tx: Transaction,
  operationId: string,
  now: Date,
  until: Date,
): Promise<Decision<Found, "not-overdue">> {
  const locked = await lockAdjustingOperation(tx, operationId);
  if (!locked || !isOverdue(locked.operation, now)) return { ok: false, refused: "not-overdue" };
  const { operation, key, principal, region, actor } = locked;
  const adjustment = readAdjustment(locked);
  const switches = openProvider(region).capabilities.deactivate === "key";
  // The storage system may have the date already, so a date that has come near since the request is still set.
  const decidedAt = adjustment.kind === "SET_EXPIRATION" ? operation.createdAt : now;
  // It was decided when it was written ahead: a region that was closed since does not matter.
  const decision = decideAdjustment(adjustment, key, { switches }, decidedAt);
  if (!decision.ok) return { ok: true, write: async () => ({ reason: describeRefusal(decision.reason) }) };
  const { requestId } = operation;
  const pending = { operationId, requestId, adjustment, plan: decision.plan, key, principal, region };
  return {
    ok: true,
    async write() {
      await tx.operation.update({ where: { id: operationId }, data: { dueAt: until }, select: { id: true } });
      return { pending, actor };
    },
  };
}

function readAdjustment({ operation, kind }: AdjustingOperation): Adjustment {
  return kind === "SET_EXPIRATION" ? { kind, expiresAt: operation.expiresAt } : { kind };
}
