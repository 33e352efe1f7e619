import { listDueKeys, listDueRetirements, listUnfinishedRevocations } from "@/lib/access-keys/data";
import { enqueue } from "@/lib/jobs/queue";
import { listOverdueOperations } from "@/lib/operations/data";
import { enqueueSettling } from "@/lib/operations/mutations";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { withTransaction } from "@/lib/platform/db/transaction";
import { listOverdueSuspensions } from "@/lib/principals/data";

const AT_ONCE = 500;

/** Where the next look begins: for each kind the last id of the look before. */
const goesOnAfter = {
  operations: BEFORE_ALL_IDS,
  keys: BEFORE_ALL_IDS,
  due: BEFORE_ALL_IDS,
  retiring: BEFORE_ALL_IDS,
  principals: BEFORE_ALL_IDS,
};

/**
 * Enqueues the keys whose date or overlap is over, and everything that is unfinished past its time, in case its first
 * job is lost: overdue operations, decided ends of keys, and suspensions that are over. An item with an unfinished job
 * gets no second one. Each look takes a bounded number of items, and the next look goes on behind them, so that items
 * which wait for a storage system that is down hide no others.
 */
export async function handleReconcile(atOnce = AT_ONCE): Promise<void> {
  const [operations, keys, due, retiring, principals] = await Promise.all([
    listOverdueOperations(goesOnAfter.operations, atOnce),
    listUnfinishedRevocations(goesOnAfter.keys, atOnce),
    listDueKeys(goesOnAfter.due, atOnce),
    listDueRetirements(goesOnAfter.retiring, atOnce),
    listOverdueSuspensions(goesOnAfter.principals, atOnce),
  ]);
  // Moved on before anything can fail. What fails now is found again in the next round.
  const nextAfter = (ids: string[]) => (ids.length === atOnce ? (ids.at(-1) ?? BEFORE_ALL_IDS) : BEFORE_ALL_IDS);
  goesOnAfter.operations = nextAfter(operations);
  goesOnAfter.keys = nextAfter(keys);
  goesOnAfter.due = nextAfter(due);
  goesOnAfter.retiring = nextAfter(retiring);
  goesOnAfter.principals = nextAfter(principals);
  if (operations.length + keys.length + due.length + retiring.length + principals.length === 0) return;
  await withTransaction(async (tx) => {
    for (const operationId of operations) await enqueueSettling(tx, operationId);
    for (const keyId of keys) await enqueue(tx, "revoke-key", { keyId }, keyId);
    for (const keyId of due) await enqueue(tx, "expire-key", { keyId }, keyId);
    for (const keyId of retiring) await enqueue(tx, "retire-key", { keyId }, keyId);
    for (const principalId of principals) await enqueue(tx, "resume-principal", { principalId }, principalId);
  });
}
