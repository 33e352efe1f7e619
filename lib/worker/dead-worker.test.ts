import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { startQueue } from "@/lib/jobs/queue";

beforeAll(startTestDatabase);

const queues: Awaited<ReturnType<typeof startQueue>>[] = [];
afterAll(() => Promise.all(queues.map((queue) => queue.stop({ graceful: false }))));

test("another worker gets the job of one that died, well within a minute", { timeout: 90_000 }, async () => {
  const queue = await startQueue({ supervise: true, schedule: false, connections: 2 });
  queues.push(queue);
  const id = await queue.send(
    "sweep-principal",
    { principalId: "0190a1b2-0000-7000-8000-000000000001" },
    { singletonKey: "one" },
  );
  // As a worker that dies at once: it took the job, and says nothing more.
  expect((await queue.fetch("sweep-principal"))[0]?.id).toBe(id);
  const again = await vi.waitFor(
    async () => {
      const [job] = await queue.fetch("sweep-principal");
      if (!job) throw new Error("nobody has noticed");
      return job;
    },
    { timeout: 50_000, interval: 500 },
  );
  expect(again.id).toBe(id);
});
