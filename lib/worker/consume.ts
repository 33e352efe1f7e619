import type { PgBoss } from "pg-boss";
import { JOB_NAMES, JOBS, type JobName, type JobPayload } from "@/lib/jobs/jobs";
import { db } from "@/lib/platform/db/client";
import { listDueJobNames } from "@/lib/platform/db/locks";
import { keepLooking } from "@/lib/worker/keep-looking";

export type Handlers = { [N in JobName]: (payload: JobPayload<N>) => Promise<void> };

/** How many jobs of one kind run at once: a storage system that does not answer must not block the others. */
const AT_ONCE = 8;
/** Jobs that do a whole round come one at a time, and those that work for a while are few. */
const FEW: Partial<Record<JobName, number>> = {
  "sweep-all": 1,
  "check-regions": 1,
  "note-figures": 1,
  prune: 1,
  "bulk-revoke": 4,
  "collect-usage": 4,
};
/** A consumer asks so rarely by itself: it is woken otherwise. */
const POLL_SECONDS = 30;
/** How often the worker looks for jobs that have become due, all kinds in one query. */
const LOOK_EVERY_MS = 1_000;

/**
 * Carries out jobs. The database tells of a new job when it is committed. A job that waits for its time, or for another
 * try, or for a free consumer, is found by a look each second.
 */
export async function consumeJobs(
  queue: PgBoss,
  handlers: Handlers,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<{ stop: () => void }> {
  const consumers = new Map<string, string[]>();
  for (const name of JOB_NAMES) consumers.set(name, await consume(queue, name, handlers));
  return keepLooking(async () => {
    for (const name of await listDueJobNames(db)) for (const id of consumers.get(name) ?? []) queue.notifyWorker(id);
  }, lookEveryMs);
}

/** Starts the consumers of one kind of job, and returns their ids. */
function consume<N extends JobName>(queue: PgBoss, name: N, handlers: Handlers): Promise<string[]> {
  const options = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS, batchSize: 1 };
  const start = () =>
    queue.work(name, options, async (jobs) => {
      for (const job of jobs) await handlers[name](JOBS[name].parse(job.data ?? {}) as JobPayload<N>);
    });
  return Promise.all(Array.from({ length: FEW[name] ?? AT_ONCE }, start));
}
