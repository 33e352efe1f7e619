import { enqueue } from "@/lib/jobs/queue";
import { TOMBSTONE_DAYS } from "@/lib/access-keys/repair/sweep";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { withTransaction } from "@/lib/platform/db/transaction";
import { listPrincipalsToSweep, type PrincipalsToSweep } from "@/lib/principals/data";

const PAGE = 200;

/** Puts every principal with current or recently ended keys on the queue to be swept. */
export async function handleSweepAll(): Promise<void> {
  let after: string | undefined = BEFORE_ALL_IDS;
  while (after !== undefined) {
    const { ids, next }: PrincipalsToSweep = await listPrincipalsToSweep(TOMBSTONE_DAYS, after, PAGE);
    await withTransaction(async (tx) => {
      for (const principalId of ids) await enqueue(tx, "sweep-principal", { principalId }, `${principalId}:all`);
    });
    after = next;
  }
}
