import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { enqueue } from "@/lib/jobs/queue";
import { enqueueSettling } from "@/lib/operations/mutations";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { listUnfinished } from "@/lib/unfinished-changes/loaders";
import { retryUnfinished } from "@/lib/unfinished-changes/mutations";
import { handleReconcile } from "@/lib/worker/handlers/reconcile";
import { handleRevokeKey } from "@/lib/worker/handlers/revoke-key";
import { handleSettleOperation } from "@/lib/worker/handlers/settle-operation";
import { startTestDatabase } from "@/testing/database/test-database";
import { decideEnd, issueUnacknowledged, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const HOUR_MS = 3_600_000;

let storage: Storage;
let pat: Actor;
let mia: Actor;
let scope: ProjectScope;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  pat = await makeUser(db, "Pat", { platformRole: "platform-admin" });
});
afterAll(() => storage.stop());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
});

/** An operation that was due at its beginning. */
const composeDeactivation = (change: Awaited<ReturnType<typeof makeKey>>["change"], at: Date) => ({
  kind: "DEACTIVATE" as const,
  state: "PENDING" as const,
  actorId: mia.userId,
  requestId: randomUUID(),
  inputHash: "",
  projectId: scope.projectId,
  regionId: change.region.id,
  principalId: change.principal.id,
  keyId: change.keyId,
  fence: 0,
  dueAt: at,
  createdAt: at,
});
const past = () => new Date(Date.now() - HOUR_MS);
const listOwn = async (state?: string) =>
  (await listUnfinished({ state })).rows.filter(({ project }) => project.slug === scope.slug);
const countJobs = async (key: string) => {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM pgboss.job WHERE state <= 'active' AND singleton_key LIKE ${`${key}%`}`;
  return Number(row?.count);
};
const countRetried = () =>
  db.auditEvent.count({ where: { event: "operation.retried", actorId: pat.userId, projectId: scope.projectId } });

test("a change in its time is listed and not tried again; a stuck one is, once however often, and then it is settled", async () => {
  const { change } = await issueUnacknowledged(scope, "north");
  const { operationId, accessKeyId } = change;
  expect(await listOwn()).toMatchObject([
    {
      id: operationId,
      kind: "operation",
      state: "in-flight",
      accessKeyId,
      region: "north",
      who: mia.name,
      retry: null,
    },
  ]);
  expect(await retryUnfinished(pat, operationId)).toMatchObject({ ok: false, reason: "in-time" });
  await db.operation.update({ where: { id: operationId }, data: { dueAt: past() } });
  expect(await listOwn("in-flight")).toEqual([]);
  const [stuck] = await listOwn("stuck");
  expect(stuck).toMatchObject({ cause: expect.stringContaining("Nobody acknowledged") as string });
  expect(stuck?.next).toContain("The worker gives no sign");
  expect(stuck?.retry).toContain("removes the new key");
  await db.$executeRaw`DELETE FROM pgboss.job`;
  const retries = await Promise.all([1, 2, 3].map(() => retryUnfinished(pat, operationId)));
  expect(retries).toMatchObject([{ outcome: "done" }, { outcome: "done" }, { outcome: "done" }]);
  expect(await countJobs(operationId)).toBe(1);
  expect(await countRetried()).toBe(3);
  await handleSettleOperation({ operationId });
  expect(await listOwn()).toEqual([]);
  expect(await retryUnfinished(pat, operationId)).toMatchObject({ ok: false, reason: "settled" });
  expect(await countRetried()).toBe(3);
});

test("a change that was given up is failed until the storage system confirms that the key is gone", async () => {
  const { change } = await issueUnacknowledged(scope, "north");
  await db.operation.update({
    where: { id: change.operationId },
    data: { state: "UNDOING", failureReason: "it was interrupted" },
  });
  const [failed] = await listOwn("failed");
  expect(failed).toMatchObject({
    id: change.operationId,
    cause: expect.stringContaining("it was interrupted") as string,
  });
  expect(await retryUnfinished(pat, change.operationId)).toMatchObject({ ok: true, outcome: "done" });
  await handleSettleOperation({ operationId: change.operationId });
  expect(await listOwn()).toEqual([]);
});

test("a removal is stuck until the storage system confirms it, and failed while a gateway is late", async () => {
  const { change } = await makeKey(scope, "north");
  await decideEnd(scope, "north");
  const { keyId, accessKeyId } = change;
  expect(await listOwn()).toMatchObject([{ id: keyId, kind: "revocation", state: "in-flight", accessKeyId }]);
  await db.accessKey.update({ where: { id: keyId }, data: { endedAt: past() } });
  expect(await listOwn("stuck")).toMatchObject([{ id: keyId, who: mia.name }]);
  // It waits for its time: now it is to start.
  expect(await retryUnfinished(pat, keyId)).toMatchObject({ ok: true, outcome: "done" });
  expect(await countJobs(keyId)).toBe(1);
  const removedAt = past();
  await db.accessKey.update({ where: { id: keyId }, data: { removedAt } });
  await db.receipt.create({
    data: { keyId, gateway: "gate 1", endpoint: "http://127.0.0.1:1", sampled: false, removedAt },
  });
  expect(await listOwn("stuck")).toEqual([]);
  const [late] = await listOwn("failed");
  expect(late?.cause).toContain("Not proved to refuse it yet: gate 1");
  expect(late?.next).toContain("Look at the gateways");
  await db.receipt.deleteMany({ where: { keyId } });
  await db.accessKey.update({ where: { id: keyId }, data: { removedAt: null } });
  await handleRevokeKey({ keyId });
  expect(await listOwn()).toEqual([]);
  expect(await retryUnfinished(pat, keyId)).toMatchObject({ ok: false, reason: "settled" });
});

test("a job whose last try failed is listed with why, and starts again", async () => {
  const { change } = await makeKey(scope, "north");
  const { keyId, accessKeyId } = change;
  await withTransaction((tx) => enqueue(tx, "expire-key", { keyId }, keyId));
  const fail = (state: string) => db.$executeRaw`
    UPDATE pgboss.job SET state = ${state}::pgboss.job_state, retry_count = 4, start_after = now() + interval '1 hour',
      output = '{"message": "the storage system is down"}'
    WHERE name = 'expire-key' AND singleton_key = ${keyId}`;
  await fail("retry");
  const [waiting] = await listOwn("failed");
  expect(waiting).toMatchObject({ kind: "job", accessKeyId, retries: 4, what: "End of a key at its date" });
  expect(waiting?.cause).toContain("the storage system is down");
  expect(await listOwn("stuck")).toEqual([]);
  expect(await retryUnfinished(pat, waiting?.id ?? "")).toMatchObject({ ok: true, outcome: "done" });
  const due = await db.$queryRaw`
    SELECT 1 FROM pgboss.job WHERE singleton_key = ${keyId} AND name = 'expire-key' AND start_after <= now()`;
  expect(due).toHaveLength(1);
  await fail("failed");
  const [given] = await listOwn("failed");
  expect(await retryUnfinished(pat, given?.id ?? "")).toMatchObject({ ok: true, outcome: "done" });
  // The new job stands in its place.
  expect(await listOwn("failed")).toEqual([]);
  await db.$executeRaw`DELETE FROM pgboss.job WHERE singleton_key = ${keyId}`;
  expect(await retryUnfinished(pat, given?.id ?? "")).toMatchObject({ ok: false, reason: "settled" });
});

test("what a worker carries out at this moment is left to it", async () => {
  const { change } = await makeKey(scope, "north");
  await decideEnd(scope, "north");
  await db.$executeRaw`UPDATE pgboss.job SET state = 'active' WHERE singleton_key = ${change.keyId}`;
  expect(await retryUnfinished(pat, change.keyId)).toMatchObject({ ok: true, outcome: "already-done" });
  expect([await countJobs(change.keyId), await countRetried()]).toEqual([1, 0]);
  await db.$executeRaw`DELETE FROM pgboss.job WHERE singleton_key = ${change.keyId}`;
  await handleRevokeKey({ keyId: change.keyId });
});

test("a change that its own process left to the worker has one job, whoever enqueues it again", async () => {
  const { change } = await makeKey(scope, "north");
  const { id } = await db.operation.create({ data: composeDeactivation(change, past()) });
  await withTransaction((tx) => enqueueSettling(tx, id, { startAfterSeconds: 3_600 }));
  await handleReconcile();
  expect(await retryUnfinished(pat, id)).toMatchObject({ ok: true, outcome: "done" });
  expect(await countJobs(id)).toBe(1);
  await handleSettleOperation({ operationId: id });
  expect(await listOwn()).toEqual([]);
  await db.$executeRaw`DELETE FROM pgboss.job`;
});

test("a list of all kinds is paged, newest first, without a gap or a line twice", async () => {
  const { change } = await makeKey(scope, "north");
  const ids = await Promise.all(
    Array.from({ length: 120 }, async (_none, index) => {
      const at = new Date(Date.now() - HOUR_MS - Math.floor(index / 3) * 1_000);
      const { id } = await db.operation.create({
        data: composeDeactivation(change, at),
      });
      return id;
    }),
  );
  await withTransaction(async (tx) => {
    for (let index = 0; index < 10; index += 1)
      await enqueue(tx, "expire-key", { keyId: change.keyId }, `${change.keyId}:${index}`);
  });
  await db.$executeRaw`
    UPDATE pgboss.job SET state = 'retry', created_on = now() - interval '1 hour 20 seconds'
    WHERE name = 'expire-key' AND singleton_key LIKE ${`${change.keyId}%`}`;
  const read: string[] = [];
  const times: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listUnfinished({ cursor });
    read.push(...page.rows.map(({ id }) => id));
    times.push(...page.rows.map(({ since }) => since));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(new Set(read).size).toBe(read.length);
  expect(read).toEqual(expect.arrayContaining(ids));
  expect(read.length).toBeGreaterThanOrEqual(130);
  expect(times).toEqual([...times].sort().reverse());
  await db.$executeRaw`DELETE FROM pgboss.job`;
  await db.operation.deleteMany({ where: { id: { in: ids } } });
});

test("nobody else retries, and an id that is none of these changes nothing", async () => {
  const { change } = await issueUnacknowledged(scope, "north");
  await db.operation.update({ where: { id: change.operationId }, data: { dueAt: past() } });
  const sue = await makeUser(db, "Sue", { platformRole: "support" });
  for (const other of [mia, { ...sue, platformRole: "platform-admin" }])
    await expect(retryUnfinished(other, change.operationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await retryUnfinished(pat, randomUUID())).toMatchObject({ ok: false, reason: "settled" });
  await expect(listUnfinished({ state: "lost" })).rejects.toMatchObject({ code: "BAD_INPUT" });
  await expect(listUnfinished({ cursor: "x" })).rejects.toMatchObject({ code: "BAD_INPUT" });
});
