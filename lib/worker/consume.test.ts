import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { JOB_NAMES } from "@/lib/jobs/jobs";
import { enqueue, startConsuming } from "@/lib/jobs/queue";
import { db } from "@/lib/platform/db/client";
import { listDueJobNames, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { consumeJobs, type Handlers } from "@/lib/worker/consume";
import { startTestDatabase } from "@/testing/database/test-database";

/** Far less than the half minute after which a consumer asks by itself. */
const SOON = { timeout: 20_000, interval: 20 };
const LOOK_EVERY_MS = 50;
const NEVER_MS = 600_000;

const carriedOut = new Map<string, Date>();
const failing = new Set<string>();
let queue: Awaited<ReturnType<typeof startConsuming>>;

async function carryOut(payload: object): Promise<void> {
  const { keyId } = payload as { keyId: string };
  if (failing.delete(keyId)) throw new Error("for the test");
  carriedOut.set(keyId, await readDatabaseClock(db));
}

const handlers = Object.fromEntries(JOB_NAMES.map((name) => [name, carryOut])) as unknown as Handlers;

beforeAll(async () => {
  await startTestDatabase();
  queue = await startConsuming(4);
});
afterAll(() => queue.stop({ graceful: false }));
afterEach(async () => {
  for (const name of JOB_NAMES) await queue.offWork(name);
});

/** Enqueues the expiry of a key. `before` is called before the commit. */
async function enqueueExpiry(keyId: string, startAfterSeconds = 0, before = () => Promise.resolve()): Promise<void> {
  await withTransaction(async (tx) => {
    await enqueue(tx, "expire-key", { keyId }, keyId, { startAfterSeconds });
    await before();
  });
}

test("a new job starts at its commit, without a look", async () => {
  const consuming = await consumeJobs(queue, handlers, NEVER_MS);
  for (const keyId of [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]) {
    await enqueueExpiry(keyId, 0, async () => expect(await listDueJobNames(db)).toEqual([]));
    await expect.poll(() => carriedOut.has(keyId), SOON).toBe(true);
    await expect.poll(() => listDueJobNames(db)).toEqual([]);
  }
  consuming.stop();
});

test("a job that waits for its time or for another try starts when it is due", async () => {
  const consuming = await consumeJobs(queue, handlers, LOOK_EVERY_MS);
  const [later, again] = [crypto.randomUUID(), crypto.randomUUID()];
  const dueAt = (await readDatabaseClock(db)).getTime() + 1_000;
  await enqueueExpiry(later, 1);
  failing.add(again);
  await enqueueExpiry(again);
  await expect.poll(() => carriedOut.has(later) && carriedOut.has(again), SOON).toBe(true);
  expect(carriedOut.get(later)?.getTime()).toBeGreaterThanOrEqual(dueAt);
  consuming.stop();
});
