import "server-only";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import {
  countItems,
  listRegionsWithWork,
  listUnfinished,
  markAlreadyEnded,
  markProved,
} from "@/lib/bulk-revocations/data";
import { composeCounts } from "@/lib/bulk-revocations/rules";
import { connectQueue, enqueue } from "@/lib/jobs/queue";
import { db } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";

const AT_ONCE = 1_000;

/**
 * Calls keys revoked whose end is proved by now, enqueues a job for every region in which keys wait or are being removed and
 * whose job is lost or over, and finishes the bulk revocations of which no key waits or runs. For the worker, every few seconds.
 */
export async function settleBulkRevocations(): Promise<void> {
  await markProved(AT_ONCE);
  await markAlreadyEnded(AT_ONCE);
  const unfinished = await listUnfinished(AT_ONCE);
  if (unfinished.length === 0) return;
  await enqueueRegions(unfinished);
  for (const id of unfinished) await finish(id);
}

async function enqueueRegions(unfinished: readonly string[]): Promise<void> {
  const regions = await listRegionsWithWork(unfinished);
  if (regions.length === 0) return;
  await connectQueue();
  await withTransaction(async (tx) => {
    // A region with an unfinished job gets no second one.
    for (const regionId of regions) await enqueue(tx, "bulk-revoke", { regionId }, regionId);
  });
}

async function finish(id: string): Promise<void> {
  const open = { bulkRevocationId: id, state: { in: ["WAITING" as const, "RUNNING" as const] } };
  if (await db.bulkRevocationKey.findFirst({ where: open, select: { id: true } })) return;
  await withTransaction(async (tx) => {
    // A retry makes keys wait again.
    await lockRow(tx, "bulk_revocations", id, "update");
    const counts = composeCounts(await countItems(tx, [id]));
    if (counts.waiting + counts.running > 0) return;
    const finishedAt = await readDatabaseClock(tx);
    const { count } = await tx.bulkRevocation.updateMany({ where: { id, finishedAt: null }, data: { finishedAt } });
    if (count === 0) return;
    await recordEvent(tx, {
      event: "bulk-revocation.finished",
      outcome: counts.failed > 0 ? "failed" : "done",
      actor: SYSTEM_ACTOR,
      data: {
        bulkRevocation: id,
        revoked: counts.revoked,
        alreadyEnded: counts["already-ended"],
        failed: counts.failed,
      },
    });
  });
}
