import "server-only";
import { enqueue, enqueueNow } from "@/lib/jobs/queue";
import type { Transaction } from "@/lib/platform/db/client";

/**
 * Puts the job on the queue that settles an operation: undoes one that makes a key, and carries any other one out.
 * Nothing happens when its job is there already, whoever enqueued it.
 */
export async function enqueueSettling(
  tx: Transaction,
  operationId: string,
  options: { startAfterSeconds?: number } = {},
): Promise<void> {
  await enqueue(tx, "settle-operation", { operationId }, operationId, options);
}

/** Has this job start now. `running`: a worker settles the operation at this moment, and nothing is enqueued. */
export async function settleNow(tx: Transaction, operationId: string): Promise<"queued" | "running"> {
  return enqueueNow(tx, "settle-operation", { operationId }, operationId);
}
