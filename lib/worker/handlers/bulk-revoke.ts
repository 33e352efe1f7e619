import { runRegion } from "@/lib/bulk-revocations/run/run-region";
import { settleBulkRevocations } from "@/lib/bulk-revocations/run/settle";
import type { JobPayload } from "@/lib/jobs/jobs";

/** Less than a job may take, with the last key at a storage system that does not answer. */
const WORK_MS = 25_000;

/** Ends keys of a region for a while. What is left then gets another job at the next look. */
export async function handleBulkRevoke({ regionId }: JobPayload<"bulk-revoke">): Promise<void> {
  await runRegion(regionId, Date.now() + WORK_MS);
  await settleBulkRevocations();
}
