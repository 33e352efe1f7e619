import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { handleReconcile } from "@/lib/worker/handlers/reconcile";
import { handleSettleOperation } from "@/lib/worker/handlers/settle-operation";
import { handleSweepAll } from "@/lib/worker/handlers/sweep-all";
import { issueUnacknowledged } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

let storage: Storage;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());

/** A pair of a fresh project that waits for its acknowledgement. */
async function issueInNewProject() {
  const mia = await makeUser(db, "Mia");
  const project = await makeProject(db, [[mia, "member+"]]);
  const scope = await authorizeProject(mia, project.slug, "keys:issue");
  return (await issueUnacknowledged(scope, "north")).change;
}

async function countJobs(name: string, key: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM pgboss.job WHERE name = ${name} AND data::text LIKE ${`%${key}%`} AND start_after <= now()`;
  return Number(row?.count);
}

test("an overdue operation whose job is lost gets another, once, and is undone by it", async () => {
  const { operationId, keyId, principal } = await issueInNewProject();
  await db.$executeRaw`DELETE FROM pgboss.job`;
  await handleReconcile();
  expect(await countJobs("settle-operation", operationId)).toBe(0);
  await db.operation.update({ where: { id: operationId }, data: { dueAt: new Date(Date.now() - 1_000) } });
  await handleReconcile();
  await handleReconcile();
  expect(await countJobs("settle-operation", operationId)).toBe(1);
  await handleSettleOperation({ operationId });
  expect((await db.accessKey.findUniqueOrThrow({ where: { id: keyId } })).state).toBe("FAILED");
  expect(await storage.readKeyIds("north", principal.externalId)).toEqual([]);
  await db.$executeRaw`DELETE FROM pgboss.job`;
  await handleSweepAll();
  await handleSweepAll();
  expect(await countJobs("sweep-principal", principal.id)).toBe(1);
});

test("a look goes on where the last one ended: what is stuck hides nothing that is overdue too", async () => {
  const overdue: string[] = [];
  for (const _project of [1, 2, 3]) overdue.push((await issueInNewProject()).operationId);
  await db.operation.updateMany({ where: { id: { in: overdue } }, data: { dueAt: new Date(Date.now() - 1_000) } });
  await db.$executeRaw`DELETE FROM pgboss.job`;
  const countEach = () => Promise.all(overdue.map((operationId) => countJobs("settle-operation", operationId)));
  for (const expected of [
    [1, 0, 0],
    [1, 1, 0],
    [1, 1, 1],
  ]) {
    await handleReconcile(1);
    expect(await countEach()).toEqual(expected);
  }
  // After the end it begins anew.
  await db.$executeRaw`DELETE FROM pgboss.job`;
  for (const _look of [1, 2]) await handleReconcile(1);
  expect(await countEach()).toEqual([1, 0, 0]);
});
