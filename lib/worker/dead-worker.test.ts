import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { startConsuming } from "@/lib/jobs/queue";

beforeAll(startTestDatabase);

const queues: Awaited<ReturnType<typeof startConsuming>>[] = [];
afterAll(() => Promise.all(queues.map((queue) => queue.stop({ graceful: false }))));

test("another worker gets the job of one that died", async () => {
  const queue = await startConsuming(2);
  queues.push(queue);
  const id = await queue.send(
    "sweep-principal",
    { principalId: "0190a1b2-0000-7000-8000-000000000001" },
    { singletonKey: "one" },
  );
  // Like a worker that dies: it has taken the job and sends no heartbeat.
  expect((await queue.fetch("sweep-principal"))[0]?.id).toBe(id);
  const fetchId = async () => (await queue.fetch("sweep-principal"))[0]?.id;
  await expect.poll(fetchId, { timeout: 150_000, interval: 500 }).toBe(id);
});
