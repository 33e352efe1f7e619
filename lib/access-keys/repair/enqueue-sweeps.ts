import "server-only";
import { enqueue } from "@/lib/jobs/queue";
import type { Transaction } from "@/lib/platform/db/client";

/** When a principal is swept after a change of which nobody knows how it ended. Seconds. */
const SWEEP_AFTER_SECONDS = [20, 90] as const;

/** Has the principal swept soon: a write that timed out may still land after its removal. */
export async function enqueueSweeps(tx: Transaction, principalId: string): Promise<void> {
  for (const startAfterSeconds of SWEEP_AFTER_SECONDS) {
    await enqueue(tx, "sweep-principal", { principalId }, `${principalId}:${startAfterSeconds}`, { startAfterSeconds });
  }
}
