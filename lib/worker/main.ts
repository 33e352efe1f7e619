import { chainEvents } from "@/lib/audit-log/mutations";
import { settleBulkRevocations } from "@/lib/bulk-revocations/run/settle";
import { startHeartbeat } from "@/lib/installation/mutations";
import { JOB_NAMES, type JobName } from "@/lib/jobs/jobs";
import { enqueueRound, startConsuming } from "@/lib/jobs/queue";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { onStop } from "@/lib/platform/lifecycle";
import { logger } from "@/lib/platform/logger";
import { enqueueCollections, noteAllFigures } from "@/lib/usage/mutations";
import { consumeJobs, type Handlers } from "@/lib/worker/consume";
import { handleBulkRevoke } from "@/lib/worker/handlers/bulk-revoke";
import { handleCheckRegions } from "@/lib/worker/handlers/check-regions";
import { handleCollectUsage } from "@/lib/worker/handlers/collect-usage";
import { handleExpireKey } from "@/lib/worker/handlers/expire-key";
import { handlePrune } from "@/lib/worker/handlers/prune";
import { handleReconcile } from "@/lib/worker/handlers/reconcile";
import { handleRetireKey } from "@/lib/worker/handlers/retire-key";
import { handleResumePrincipal } from "@/lib/worker/handlers/resume-principal";
import { handleRevokeKey } from "@/lib/worker/handlers/revoke-key";
import { handleSampleKeys } from "@/lib/worker/handlers/sample-keys";
import { handleSettleOperation } from "@/lib/worker/handlers/settle-operation";
import { handleSweepAll } from "@/lib/worker/handlers/sweep-all";
import { handleSweepPrincipal } from "@/lib/worker/handlers/sweep-principal";
import { keepLooking } from "@/lib/worker/keep-looking";

const HANDLERS: Handlers = {
  "settle-operation": handleSettleOperation,
  "revoke-key": handleRevokeKey,
  "expire-key": handleExpireKey,
  "retire-key": handleRetireKey,
  "resume-principal": handleResumePrincipal,
  "bulk-revoke": handleBulkRevoke,
  "sweep-principal": handleSweepPrincipal,
  "sweep-all": handleSweepAll,
  "check-regions": handleCheckRegions,
  "collect-usage": handleCollectUsage,
  "note-figures": () => noteAllFigures(),
  prune: handlePrune,
};

const SCHEDULES: Partial<Record<JobName, string>> = {
  "sweep-all": "17 * * * *",
  "note-figures": "37 * * * *",
  prune: "47 * * * *",
};

/** How often the worker looks for changes whose process died, and for secrets that nobody acknowledged. */
const LOOK_EVERY_MS = 2_000;
/** How often the worker looks for figures that are due. */
const COLLECT_EVERY_MS = 5_000;
/** How often the worker chains the lines of the audit log that were committed. */
const CHAIN_EVERY_MS = 2_000;
/** How often the worker asks whether it is time to check the regions and to compare some of their keys. */
const ASK_EVERY_MS = env.LATCHKEY_CHECK_SECONDS * 100;
const STOP_WITHIN_MS = 15_000;

async function main(): Promise<void> {
  const queue = await startConsuming(4);
  const consuming = await consumeJobs(queue, HANDLERS);
  const heartbeat = startHeartbeat("worker");
  const looking = keepLooking(() => handleReconcile(), LOOK_EVERY_MS);
  const settling = keepLooking(() => settleBulkRevocations(), LOOK_EVERY_MS);
  const checking = keepLooking(() => enqueueRound(queue, "check-regions", env.LATCHKEY_CHECK_SECONDS), ASK_EVERY_MS);
  const sampling = keepLooking(() => handleSampleKeys(), ASK_EVERY_MS);
  const collecting = keepLooking(() => enqueueCollections(), COLLECT_EVERY_MS);
  const chaining = keepLooking(() => chainEvents(), CHAIN_EVERY_MS);
  onStop(async () => {
    consuming.stop();
    looking.stop();
    settling.stop();
    checking.stop();
    sampling.stop();
    collecting.stop();
    chaining.stop();
    heartbeat.stop();
    await queue.stop({ graceful: true, timeout: STOP_WITHIN_MS });
    await db.$disconnect();
  });
  for (const name of JOB_NAMES) {
    const cron = SCHEDULES[name];
    // An earlier version may have left a schedule.
    await (cron ? queue.schedule(name, cron) : queue.unschedule(name));
  }
  logger.info("worker ready");
  await handleCheckRegions();
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, "the worker could not start");
  process.exit(1);
});
