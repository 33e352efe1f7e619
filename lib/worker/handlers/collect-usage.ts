import type { JobPayload } from "@/lib/jobs/jobs";
import { collectRegion } from "@/lib/usage/mutations";

/** Less than a job may take, with the last principal at a storage system that is slow. */
const WORK_MS = 8_000;

/** Collects figures of a region for a while. What is left then gets another job at the next look. */
export function handleCollectUsage({ regionId }: JobPayload<"collect-usage">): Promise<void> {
  return collectRegion(regionId, Date.now() + WORK_MS);
}
