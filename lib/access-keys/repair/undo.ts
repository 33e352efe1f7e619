import "server-only";
import { moveKey } from "@/lib/access-keys/data";
import { enqueueSweeps } from "@/lib/access-keys/repair/enqueue-sweeps";
import type { IssueKind } from "@/lib/access-keys/rules";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { connectQueue, enqueue } from "@/lib/jobs/queue";
import { lockMakingOperation, moveOperation, readOperationState } from "@/lib/operations/data";
import { isOver, mustBeUndone, OPEN_STATES } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { logger } from "@/lib/platform/logger";
import { type Lease, withLease } from "@/lib/principals/mutations";
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
  const undone = await undoChange(change, lease, reason, mayExist);
  if (!undone) await withTransaction((tx) => enqueueUndo(tx, change.operationId, { startAfterSeconds: 2 }));
  return undone;
}

/**
 * Undoes an operation that is overdue: its process died, or its secret was never acknowledged. Does nothing to one
 * that is not. Safe to call at any time and from several processes. `busy`: another holds the lease. `unproven`: the
 * storage system does not confirm the removal. Both are to be tried again.
 */
export async function settleOperation(operationId: string): Promise<"settled" | "busy" | "unproven"> {
  const operation = await db.operation.findUnique({ where: { id: operationId } });
  if (!operation || isOver(operation.state)) return "settled";
  await connectQueue();
  const result = await withLease(
    operation.principalId,
    "Latchkey",
    { begin: (tx) => takeOver(tx, operationId) },
    async (lease, { change, reason }) => {
      const undone = await undoChange(change, lease, reason, true);
      return { ok: true as const, outcome: undone ? ("settled" as const) : ("unproven" as const) };
    },
  );
  return result.outcome === "locked" ? "busy" : result.outcome;
}

type TakeOver = { ok: true; begun: { change: UndoableChange; reason: string } } | { ok: false; outcome: "settled" };

/** Marks an overdue operation in the transaction that takes the lease, so that its process can no longer commit it. */
async function takeOver(tx: Transaction, operationId: string): Promise<TakeOver> {
  const locked = await lockMakingOperation(tx, operationId);
  if (!locked || !mustBeUndone(locked.operation, locked.now)) return { ok: false, outcome: "settled" };
  const { operation, key, principal, region } = locked;
  const { id, kind, state, requestId, projectId, failureReason } = operation;
  if (kind === "DISABLE") throw new Error(`operation ${id} makes no key`);
  const cause = state === "DELIVERING" ? "it was not acknowledged in time" : "it was interrupted";
  const reason = failureReason ?? cause;
  await moveOperation(tx, id, { from: OPEN_STATES, to: "UNDOING", failureReason: reason });
  const { id: keyId, accessKeyId } = key;
  const change = { operationId: id, keyId, accessKeyId, kind, requestId, projectId, principal, region };
  return { ok: true, begun: { change, reason } };
}

async function undoChange(change: UndoableChange, lease: Lease, reason: string, mayExist: boolean): Promise<boolean> {
  const marked = await moveOperation(db, change.operationId, {
    from: OPEN_STATES,
    to: "UNDOING",
    failureReason: reason,
  });
  // A commit whose answer was lost may have happened all the same.
  if (!marked && (await readOperationState(change.operationId)) === "DONE") return true;
  try {
    if (mayExist) await removeFromStorage(change, lease);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ operationId: change.operationId, failure: error.failure, detail: error.message }, "undo failed");
    return false;
  }
  await finishUndo(change, lease, reason);
  return true;
}

/** Also without the lease: the access key id is this change's own, and nobody else wants the key to live. */
async function removeFromStorage(change: UndoableChange, lease: Lease): Promise<void> {
  const { operationId, principal, accessKeyId } = change;
  if (!(await lease.isHeld())) logger.info({ operationId }, "removing a key after the lease was lost");
  const context = { signal: lease.signal, requestId: operationId };
  await openProvider(change.region).removeKey({ principal: principal.externalId, accessKeyId }, context);
}

/** Leaves the operation to whoever has the lease by now, when this change has lost it. */
async function finishUndo(change: UndoableChange, lease: Lease, reason: string): Promise<void> {
  const { operationId, keyId, accessKeyId, kind, projectId, requestId } = change;
  await withTransaction(async (tx) => {
    const now = await lease.lock(tx);
    if (!now) return;
    await moveOperation(tx, operationId, { from: OPEN_STATES, to: "FAILED", finishedAt: now });
    if (!(await moveKey(tx, keyId, "undo", { endedAt: now, endReason: reason, removedAt: now }))) return;
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
  });
}

/** Puts the job on the queue that undoes an operation. */
export async function enqueueUndo(
  tx: Transaction,
  operationId: string,
  options: { startAfterSeconds?: number } = {},
): Promise<void> {
  await enqueue(tx, "settle-operation", { operationId }, `${operationId}:undo`, options);
}
