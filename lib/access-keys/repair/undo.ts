import "server-only";
import { moveKey } from "@/lib/access-keys/data";
import { enqueueSweeps } from "@/lib/access-keys/repair/enqueue-sweeps";
import { sweepPrincipal } from "@/lib/access-keys/repair/sweep";
import type { IssueKind } from "@/lib/access-keys/rules";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { connectQueue } from "@/lib/jobs/queue";
import { lockMakingOperation, moveOperation, readOperationState } from "@/lib/operations/data";
import { enqueueSettling } from "@/lib/operations/mutations";
import { isOver, isOverdue, OPEN_STATES } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { logger } from "@/lib/platform/logger";
import { type Decision, type Lease, withLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import { openProvider } from "@/lib/regions/data";
import type { Principal, Region } from "@/prisma/generated/client";

/** A change that can be undone: what was written ahead. */
export interface UndoableChange {
  operationId: string;
  keyId: string;
  accessKeyId: string;
  kind: IssueKind;
  requestId: string;
  projectId: string;
  principal: Principal;
  region: Region;
}

/**
 * Gives a change up under its lease: marks the operation, removes the key from the storage system, and ends the
 * operation as FAILED when the key's absence is proved. `mayExist: false`: the storage system was never asked for the
 * key. Returns whether the change is undone; if not, the worker goes on.
 */
export async function undoOrLeaveToWorker(
  change: UndoableChange,
  lease: Lease,
  reason: string,
  mayExist: boolean,
): Promise<boolean> {
  const { operationId } = change;
  const marked = await moveOperation(db, operationId, { from: OPEN_STATES, to: "UNDOING", failureReason: reason });
  // A commit whose answer was lost may have happened all the same.
  if (!marked && (await readOperationState(operationId)) === "DONE") return true;
  if (await undoUnderLease(change, lease, reason, mayExist)) return true;
  if (!(await lease.isHeld()) && (await undoUnderNewLease(change))) return true;
  await withTransaction((tx) => enqueueSettling(tx, operationId, { startAfterSeconds: 2 }));
  return false;
}

/**
 * Removes what a change made that lost its lease. Whoever took the lease may have ended the key before it was made, so
 * the sweep looks for it once more.
 */
async function undoUnderNewLease({ operationId, principal }: UndoableChange): Promise<boolean> {
  try {
    const settled = (await settleOperation(operationId)) === "settled";
    if (settled) await sweepPrincipal(principal.id);
    return settled;
  } catch (error) {
    logger.warn({ err: error, operationId }, "the worker removes what a change made that lost its lease");
    return false;
  }
}

/**
 * Undoes an operation that is overdue: its process died, or its secret was never acknowledged. Does nothing to an
 * operation that is not overdue. Safe to call at any time and from several processes. `busy`: another holds the lease.
 * `unproven`: the storage system does not confirm the removal. Both are to be tried again.
 */
export async function settleOperation(operationId: string): Promise<"settled" | "busy" | "unproven"> {
  const operation = await db.operation.findUnique({ where: { id: operationId } });
  if (!operation || isOver(operation.state)) return "settled";
  await connectQueue();
  const outcome = await withLease(
    operation.principalId,
    "Latchkey",
    { begin: (tx) => takeOver(tx, operationId) },
    (lease, { change, reason }) => undoUnderLease(change, lease, reason, true),
  );
  if (outcome.lease === "locked") return "busy";
  if (outcome.lease === "refused") return "settled";
  return outcome.result ? "settled" : "unproven";
}

/** Marks an overdue operation in the transaction that takes the lease, so that its process can no longer commit it. */
async function takeOver(
  tx: Transaction,
  operationId: string,
): Promise<Decision<{ change: UndoableChange; reason: string }, "not-overdue">> {
  const locked = await lockMakingOperation(tx, operationId);
  if (!locked || !isOverdue(locked.operation, locked.now)) return { ok: false, refused: "not-overdue" };
  const { operation, kind, key, principal, region } = locked;
  const { state, requestId, projectId, failureReason } = operation;
  const cause = state === "DELIVERING" ? "it was not acknowledged in time" : "it was interrupted";
  const reason = failureReason ?? cause;
  const change = { operationId, keyId: key.id, accessKeyId: key.accessKeyId, kind, requestId, projectId };
  const write = async () => {
    await moveOperation(tx, operationId, { from: OPEN_STATES, to: "UNDOING", failureReason: reason });
    return { change: { ...change, principal, region }, reason };
  };
  return { ok: true, write };
}

/** For an operation that is marked. Returns false when the lease is lost or the key's absence is not proved. */
async function undoUnderLease(
  change: UndoableChange,
  lease: Lease,
  reason: string,
  mayExist: boolean,
): Promise<boolean> {
  const { operationId, principal, region, accessKeyId } = change;
  try {
    if (!(await lease.isHeld())) return false;
    const ref = { principal: principal.externalId, accessKeyId };
    if (mayExist) await openProvider(region).removeKey(ref, lease.callContext(operationId));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ operationId, failure: error.failure, detail: error.message }, "undo failed");
    return false;
  }
  return finishUndo(change, lease, reason);
}

/** Returns false when the lease has passed to another, who carries on. */
async function finishUndo(change: UndoableChange, lease: Lease, reason: string): Promise<boolean> {
  const { operationId, keyId, accessKeyId, kind, projectId, requestId } = change;
  return withTransaction(async (tx) => {
    const locked = await lease.lock(tx);
    if (!locked) return false;
    const { now } = locked;
    const failed = await moveOperation(tx, operationId, { from: OPEN_STATES, to: "FAILED", finishedAt: now });
    const undone = await moveKey(tx, keyId, "undo", { endedAt: now, endReason: reason, removedAt: now });
    // Whoever takes an operation over takes the lease first.
    if (!failed || !undone) throw new Error(`operation ${operationId} changed without its lease`);
    await recordEvent(tx, {
      event: "key.undone",
      outcome: "failed",
      actor: SYSTEM_ACTOR,
      projectId,
      keyId,
      requestId,
      data: { kind, region: change.region.name, accessKeyId, reason },
    });
    await enqueueSweeps(tx, change.principal.id);
    return true;
  });
}
