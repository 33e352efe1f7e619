import { listUnfinishedRevocations } from "@/lib/access-keys/data";
import { enqueue } from "@/lib/jobs/queue";
import { listOverdueOperations } from "@/lib/operations/data";
import { undoJobKey } from "@/lib/operations/rules";
import { transact } from "@/lib/platform/sql";
import { listOverdueSuspensions } from "@/lib/principals/data";

const AT_ONCE = 500;

/**
 * Puts what must be finished on the queue, whatever became of its first job: overdue operations, decided ends, and
 * suspensions whose time is over. What has an unfinished job gets no other. Bounded a run; what remains is the next's.
 */
export async function handleReconcile(): Promise<void> {
  const [operations, keys, principals] = await Promise.all([
    listOverdueOperations(AT_ONCE),
    listUnfinishedRevocations(AT_ONCE),
    listOverdueSuspensions(AT_ONCE),
  ]);
  if (operations.length + keys.length + principals.length === 0) return;
  await transact(async (tx) => {
    for (const operationId of operations) await enqueue(tx, "settle-operation", { operationId }, undoJobKey(operationId));
    for (const keyId of keys) await enqueue(tx, "revoke-key", { keyId }, keyId);
    for (const principalId of principals) await enqueue(tx, "resume-principal", { principalId }, principalId);
  });
}
