import { listUnfinishedRevocations } from "@/lib/access-keys/data";
import { enqueue } from "@/lib/jobs/queue";
import { listOverdueOperations } from "@/lib/operations/data";
import { enqueueUndo } from "@/lib/access-keys/repair/undo";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { withTransaction } from "@/lib/platform/db/transaction";
import { listOverdueSuspensions } from "@/lib/principals/data";

const AT_ONCE = 500;

/** Where the next look begins, each kind by the id that the last one ended with. */
const goesOnAfter = { operations: BEFORE_ALL_IDS, keys: BEFORE_ALL_IDS, principals: BEFORE_ALL_IDS };

/**
 * Puts what must be finished on the queue, whatever became of its first job: overdue operations, decided ends, and
 * suspensions whose time is over. What has an unfinished job gets no other. Bounded a run: the next one goes on where it
 * ended, so that what waits for a storage system that is away hides nothing else.
 */
export async function handleReconcile(atOnce = AT_ONCE): Promise<void> {
  const [operations, keys, principals] = await Promise.all([
    listOverdueOperations(goesOnAfter.operations, atOnce),
    listUnfinishedRevocations(goesOnAfter.keys, atOnce),
    listOverdueSuspensions(goesOnAfter.principals, atOnce),
  ]);
  // Before anything can fail: what fails now comes round again.
  const nextAfter = (ids: string[]) => (ids.length === atOnce ? (ids.at(-1) ?? BEFORE_ALL_IDS) : BEFORE_ALL_IDS);
  goesOnAfter.operations = nextAfter(operations);
  goesOnAfter.keys = nextAfter(keys);
  goesOnAfter.principals = nextAfter(principals);
  if (operations.length + keys.length + principals.length === 0) return;
  await withTransaction(async (tx) => {
    for (const operationId of operations) await enqueueUndo(tx, operationId);
    for (const keyId of keys) await enqueue(tx, "revoke-key", { keyId }, keyId);
    for (const principalId of principals) await enqueue(tx, "resume-principal", { principalId }, principalId);
  });
}
