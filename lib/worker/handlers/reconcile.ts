import { listUnfinishedRevocations } from "@/lib/access-keys/data";
import { enqueue } from "@/lib/jobs/queue";
import { listOverdueOperations } from "@/lib/operations/data";
import { db } from "@/lib/platform/db";

const AT_ONCE = 500;
/** A job that is tried again anyway gets no twin within this time. */
const ONCE_SECONDS = 30;

/**
 * Puts what must be finished on the queue again, whatever became of its first job: overdue operations and decided
 * ends. Bounded a run; what remains is the next run's.
 */
export async function handleReconcile(): Promise<void> {
  const operations = await listOverdueOperations(AT_ONCE);
  const keys = await listUnfinishedRevocations(AT_ONCE);
  await db.$transaction(async (tx) => {
    for (const operationId of operations) {
      await enqueue(tx, "settle-operation", { operationId }, { once: operationId, onceSeconds: ONCE_SECONDS });
    }
    for (const keyId of keys) {
      await enqueue(tx, "revoke-key", { keyId }, { once: keyId, onceSeconds: ONCE_SECONDS });
    }
  });
}
