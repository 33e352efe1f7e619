import { enqueue } from "@/lib/jobs/queue";
import { TOMBSTONE_DAYS } from "@/lib/access-keys/repair/sweep";
import { withTransaction } from "@/lib/platform/db/transaction";
import { listPrincipalsToSweep } from "@/lib/principals/data";

const PAGE = 200;

/** Puts every principal with current or recently ended keys on the queue to be swept. */
export async function handleSweepAll(): Promise<void> {
  let after: string | undefined;
  do {
    const page = await listPrincipalsToSweep(TOMBSTONE_DAYS, after, PAGE);
    await withTransaction(async (tx) => {
      for (const principalId of page) await enqueue(tx, "sweep-principal", { principalId }, `${principalId}:all`);
    });
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after);
}
