import "server-only";
import { moveKey } from "@/lib/access-keys/data";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { connectQueue, enqueue } from "@/lib/jobs/queue";
import { lockMakingOperation, readOperationState, readOrigin } from "@/lib/operations/data";
import { moveOperation, type OperationState } from "@/lib/operations/mutations";
import { ACT_DEADLINE_MS, isOver, mustBeUndone, SWEEP_AFTER_SECONDS, undoJobKey } from "@/lib/operations/rules";
import { logger } from "@/lib/platform/logger";
import { sql, type Statements, transact } from "@/lib/platform/sql";
import { holdsLease, type Lease, lockLease, releaseLease, takeLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import { findRegion, openProvider } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

const OPEN_STATES: OperationState[] = ["PENDING", "DELIVERING", "UNDOING"];

/** What is needed to undo; a change under way has all of it. */
export interface Undoable {
  operationId: string;
  keyId: string;
  accessKeyId: string;
  principal: { id: string; externalId: string };
  region: Region;
  lease: Lease;
}

/**
 * Gives up a change: marks it, removes the key from the storage system under the lease, and when its absence is
 * proved ends it as FAILED. `made: false` says that the storage system was never asked for it. Returns whether it is
 * proved gone; if not, the lease is free and the operation waits as UNDOING.
 */
export async function undoUnderLease(change: Undoable, reason: string, options: { made: boolean }): Promise<boolean> {
  await moveOperation(sql, change.operationId, { from: OPEN_STATES, to: "UNDOING", failureReason: reason });
  try {
    if (options.made) await removeFromStorage(change);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ operationId: change.operationId, failure: error.failure, detail: error.message }, "undo failed");
    await releaseLease(sql, change.lease);
    return false;
  }
  return finishUndo(change, reason);
}

/**
 * Undoes an operation that is overdue: its process died, or its secret was never acknowledged. Does nothing to one
 * that is not; safe to call at any time and from several processes. `busy`: another holds the lease. `unproven`: the
 * storage system does not confirm the removal. Both are to be tried again.
 */
export async function settleOperation(operationId: string): Promise<"settled" | "busy" | "unproven"> {
  const state = await readOperationState(operationId);
  // Most look after changes that ended well: those need no lock.
  if (!state || isOver(state)) return "settled";
  await connectQueue();
  const change = await transact((tx) => takeOver(tx, operationId));
  if (change === "busy" || change === "settled") return change;
  return (await undoUnderLease(change, change.reason, { made: true })) ? "settled" : "unproven";
}

async function takeOver(
  tx: Statements,
  operationId: string,
): Promise<(Undoable & { reason: string }) | "busy" | "settled"> {
  const operation = await lockMakingOperation(tx, operationId);
  if (!operation) return "settled";
  const { state, principal, keyId, accessKeyId } = operation;
  if (!mustBeUndone(operation, operation.now)) return "settled";
  const taken = await takeLease(tx, principal.id, "Latchkey");
  if (!taken.ok) return "busy";
  const reason =
    operation.failureReason ?? (state === "DELIVERING" ? "it was not acknowledged in time" : "it was interrupted");
  await moveOperation(tx, operationId, { from: OPEN_STATES, to: "UNDOING", failureReason: reason });
  const region = await findRegion(operation.region, tx);
  return { operationId, keyId, accessKeyId, principal, region, lease: taken.lease, reason };
}

/** Whoever lost the lease still removes what it made: the id is its own, and nobody else wants it to live. */
async function removeFromStorage(change: Undoable): Promise<void> {
  const provider = openProvider(change.region);
  const context = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId: change.operationId };
  const held = await holdsLease(change.lease);
  if (!held) logger.info({ operationId: change.operationId }, "removing a pair after losing the lease");
  await provider.removeKey({ principal: change.principal.externalId, accessKeyId: change.accessKeyId }, context);
}

async function finishUndo(change: Undoable, reason: string): Promise<boolean> {
  const { operationId, keyId, accessKeyId, lease } = change;
  return transact(async (tx) => {
    const now = await lockLease(tx, lease);
    if (!now) return true;
    const undone = await moveKey(tx, keyId, "undo", { endedAt: now, endReason: reason, removedAt: now });
    if (undone) {
      const { kind, projectId, requestId } = await readOrigin(tx, operationId);
      await moveOperation(tx, operationId, { from: OPEN_STATES, to: "FAILED", finishedAt: now });
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
    }
    await releaseLease(tx, lease);
    return true;
  });
}

/** Leaves an undo that did not succeed to the worker. */
export async function handToWorker(operationId: string): Promise<void> {
  await transact((tx) =>
    enqueue(tx, "settle-operation", { operationId }, undoJobKey(operationId), { startAfterSeconds: 2 }),
  );
}

/** Has the principal looked at again: a write that timed out may still land after its removal. */
export async function enqueueSweeps(tx: Statements, principalId: string): Promise<void> {
  for (const startAfterSeconds of SWEEP_AFTER_SECONDS) {
    await enqueue(tx, "sweep-principal", { principalId }, `${principalId}:${startAfterSeconds}`, { startAfterSeconds });
  }
}
