import { listUnfinishedRevocations } from "@/lib/access-keys/data";
import { enqueue } from "@/lib/jobs/queue";
import { listOverdueOperations } from "@/lib/operations/data";
import { undoJobKey } from "@/lib/operations/rules";
import { db } from "@/lib/platform/db";
import { listOverdueSuspensions } from "@/lib/principals/data";

const AT_ONCE = 500;

/**
 * Puts what must be finished on the queue, whatever became of its first job: overdue operations, decided ends, and
 * suspensions whose time is over. What has an unfinished job gets no other. Bounded a run; what remains is the next's.
 */
export async function handleReconcile(): Promise<void> {
  const operations = await listOverdueOperations(AT_ONCE);
  const keys = await listUnfinishedRevocations(AT_ONCE);
  const principals = await listOverdueSuspensions(AT_ONCE);
  await db.$transaction(async (tx) => {
    for (const operationId of operations) await enqueue(tx, "settle-operation", { operationId }, undoJobKey(operationId));
    for (const keyId of keys) await enqueue(tx, "revoke-key", { keyId }, keyId);
    for (const principalId of principals) await enqueue(tx, "resume-principal", { principalId }, principalId);
  });
}
