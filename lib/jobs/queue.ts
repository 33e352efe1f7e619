import { fromPrisma, PgBoss } from "pg-boss";
import { JOB_NAMES, JOBS, RETRY_LIMITS, type JobName, type JobPayload } from "@/lib/jobs/jobs";
import type { Transaction } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { logger } from "@/lib/platform/logger";

/** A job that takes longer counts as stuck, and is tried again. */
const JOB_EXPIRES_SECONDS = 60;
/** How often a worker reports that it lives. When a worker dies, another gets its jobs within twice this time. */
const HEARTBEAT_SECONDS = 15;
const SUPERVISE_EVERY_SECONDS = 10;
const RETRY_DELAY_SECONDS = 2;
/** After an outage, however long, everything is tried again within this time. */
const RETRY_DELAY_MAX_SECONDS = 30;

const shared = globalThis as typeof globalThis & { latchkeyQueue?: Promise<PgBoss> };

/** Connects to the queue without consuming jobs, for processes that only enqueue. */
export function connectQueue(): Promise<PgBoss> {
  shared.latchkeyQueue ??= startQueue({ supervise: false, schedule: false, connections: 1 }).catch((error: unknown) => {
    delete shared.latchkeyQueue;
    throw error;
  });
  return shared.latchkeyQueue;
}

/** Starts the queue of a process that consumes jobs. What this process enqueues goes through the same connections. */
export function startConsuming(connections: number): Promise<PgBoss> {
  shared.latchkeyQueue = startQueue({ supervise: true, schedule: true, connections });
  return shared.latchkeyQueue;
}

/** Makes the tables and queues where they are missing. */
async function startQueue(options: { supervise: boolean; schedule: boolean; connections: number }): Promise<PgBoss> {
  const queue = new PgBoss({
    connectionString: env.DATABASE_URL,
    max: options.connections,
    supervise: options.supervise,
    schedule: options.schedule,
    // A process that consumes jobs is told of new ones, through a connection of its own.
    useListenNotify: options.supervise,
    superviseIntervalSeconds: SUPERVISE_EVERY_SECONDS,
    monitorIntervalSeconds: SUPERVISE_EVERY_SECONDS,
  });
  queue.on("error", (error) => logger.warn({ err: error }, "queue"));
  await queue.start();
  for (const name of JOB_NAMES) {
    const settings = {
      expireInSeconds: JOB_EXPIRES_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retryLimit: RETRY_LIMITS[name],
      retryDelay: RETRY_DELAY_SECONDS,
      retryBackoff: true,
      retryDelayMax: RETRY_DELAY_MAX_SECONDS,
      notify: true,
    };
    // A key has at most one job that waits or runs. So a storage system that is down for an hour leaves one job a
    // change, however often the worker looks.
    await queue.createQueue(name, { ...settings, policy: "exclusive" });
    // An existing queue keeps the settings of its creation otherwise.
    await queue.updateQueue(name, settings);
  }
  return queue;
}

/** Puts a round on the queue, unless a worker did so in this period. Periods begin at the same times for all workers. */
export async function enqueueRound(queue: PgBoss, name: "check-regions", everySeconds: number): Promise<void> {
  await queue.send(name, {}, { singletonKey: "round", singletonSeconds: everySeconds });
}

/**
 * Has a job start now, in the caller's transaction: one of this name and key that waits for its time or for another try
 * starts at the commit, else a new one. `running`: a worker carries it out at this moment, and nothing is enqueued.
 */
export async function enqueueNow<N extends JobName>(
  tx: Transaction,
  name: N,
  payload: JobPayload<N>,
  key: string,
): Promise<"queued" | "running"> {
  const queue = await connectQueue();
  const options = { db: fromPrisma(tx), singletonKey: key, startAfter: 0 };
  const { updated, inserted } = await queue.upsert(name, JOBS[name].parse(payload), options);
  return updated + inserted > 0 ? "queued" : "running";
}

/**
 * Puts a job on the queue in the caller's transaction: it exists exactly when the change does, and the worker hears of
 * it at the commit. Nothing happens when an unfinished job of this name and key is there.
 */
export async function enqueue<N extends JobName>(
  tx: Transaction,
  name: N,
  payload: JobPayload<N>,
  key: string,
  options: { startAfterSeconds?: number } = {},
): Promise<void> {
  const queue = await connectQueue();
  await queue.send(name, JOBS[name].parse(payload), {
    db: fromPrisma(tx),
    singletonKey: key,
    ...(options.startAfterSeconds ? { startAfter: options.startAfterSeconds } : {}),
  });
}
