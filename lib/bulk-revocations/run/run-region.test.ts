import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { retryBulkRevocation, startBulkRevocation } from "@/lib/bulk-revocations/mutations";
import { runRegion } from "@/lib/bulk-revocations/run/run-region";
import { settleBulkRevocations } from "@/lib/bulk-revocations/run/settle";
import { listUnfinishedRevocations } from "@/lib/access-keys/data";
import { removeKeys, startRevocation } from "@/lib/access-keys/revoke/revoke";
import { markRunning } from "@/lib/bulk-revocations/data";
import { loadBulkRevocation } from "@/lib/bulk-revocations/loaders/progress";
import { decideNext } from "@/lib/bulk-revocations/run/decide";
import type { Choice } from "@/lib/bulk-revocations/schema";
import { type Actor, authorizeProject } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { addNamedKey, type Issued } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();
const LONG_MS = 120_000;

const support = () => makeUser(db, "Sam", { platformRole: "support" });
const north = async () => (await db.region.findUniqueOrThrow({ where: { name: "north" } })).id;

async function start(by: Actor, choice: Choice): Promise<string> {
  const started = await startBulkRevocation(by, { choice, reason: "leaked", requestId: randomUUID() });
  if (!started.ok) throw new Error(started.message);
  return started.id;
}

const work = async () => {
  await runRegion(await north(), Date.now() + LONG_MS);
  await settleBulkRevocations();
};

const countJobs = async (name: string, key: string) => {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM pgboss.job WHERE name = ${name} AND singleton_key = ${key} AND state < 'completed'`;
  return Number(row?.count);
};

const rowsOf = (id: string) =>
  db.bulkRevocationKey.findMany({
    where: { bulkRevocationId: id },
    orderBy: { position: "asc" },
    include: { key: true },
  });
const statesOf = async (id: string) => (await rowsOf(id)).map(({ state }) => state);

const textOf = (...keys: Issued[]) => ({ text: keys.map(({ change }) => change.accessKeyId).join(" ") });

test("a storage system that fails leaves each key failed with a sentence, and a retry ends them", async () => {
  const sam = await support();
  const keys = [await project.makeKey(), await addNamedKey(project.scope, "north", "second")];
  const id = await start(sam, { project: project.scope.slug });
  const fault = project.storage.admin.inject({
    match: (method) => method === "DELETE",
    when: "before",
    what: "drop",
  });
  await work();
  fault.release();
  expect(await rowsOf(id)).toMatchObject(
    keys.map(() => ({ state: "FAILED", failure: expect.stringContaining("did not confirm the removal") })),
  );
  expect((await db.bulkRevocation.findUniqueOrThrow({ where: { id } })).finishedAt).not.toBeNull();
  const rita = await makeUser(db, "Rita", { platformRole: "platform-admin" });
  expect(await retryBulkRevocation(rita, id)).toMatchObject({ ok: true, keys: 2 });
  await work();
  expect(await statesOf(id)).toEqual(["REVOKED", "REVOKED"]);
  expect(await project.readKeyIds()).toEqual([]);
  expect(await retryBulkRevocation(rita, id)).toMatchObject({ ok: false, reason: "nothing-failed" });
});

test("what was failed is called revoked when the worker's own job has proved its end", async () => {
  const sam = await support();
  const key = await project.makeKey();
  const id = await start(sam, { project: project.scope.slug });
  const fault = project.storage.admin.inject({
    match: (method) => method === "DELETE",
    when: "before",
    what: "drop",
  });
  await work();
  expect(await statesOf(id)).toEqual(["FAILED"]);
  fault.release();
  await startRevocation([key.change.keyId]);
  await settleBulkRevocations();
  expect(await rowsOf(id)).toMatchObject([{ state: "REVOKED", failure: null }]);
});

test("a role that is taken away stops what still waits, with a sentence, and another person's retry goes on", async () => {
  const sam = await support();
  const key = await project.makeKey();
  const id = await start(sam, { project: project.scope.slug });
  await db.user.update({ where: { id: sam.userId }, data: { platformRole: null } });
  // A role in the project does not help: the bulk revocation rests on the platform role.
  await db.membership.create({ data: { projectId: project.scope.projectId, userId: sam.userId, role: "admin" } });
  await work();
  expect(await rowsOf(id)).toMatchObject([
    { state: "FAILED", failure: expect.stringContaining("may not revoke keys any more") },
  ]);
  expect(await stateOf(key.change.keyId)).toBe("ACTIVE");
  await retryBulkRevocation(await support(), id);
  await work();
  expect(await statesOf(id)).toEqual(["REVOKED"]);
});

test("a worker that died in the middle is followed by one that goes on, after whichever step", async () => {
  const sam = await support();
  for (const name of ["begun", "decided", "removed"]) await addNamedKey(project.scope, "north", name);
  const id = await start(sam, { project: project.scope.slug });
  const find = async (slot: string) => {
    const row = (await rowsOf(id)).find(({ key }) => key.slot === slot);
    if (!row) throw new Error(`no key ${slot}`);
    return row;
  };
  await markRunning([(await find("begun")).id]);
  expect(await decideNext(await db.region.findUniqueOrThrow({ where: { name: "north" } }))).toBe(2);
  expect(await removeKeys([(await find("removed")).keyId])).toEqual([]);
  expect(await Promise.all(["begun", "decided", "removed"].map(find))).toMatchObject([
    { state: "RUNNING", decidedAt: null, key: { state: "ACTIVE" } },
    { state: "RUNNING", decidedAt: expect.any(Date), key: { state: "REVOKING", removedAt: null } },
    { state: "RUNNING", decidedAt: expect.any(Date), key: { state: "REVOKING", removedAt: expect.any(Date) } },
  ]);
  await db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'bulk-revoke'`;
  await settleBulkRevocations();
  expect(await countJobs("bulk-revoke", await north())).toBe(1);
  await work();
  expect(await statesOf(id)).toEqual(["REVOKED", "REVOKED", "REVOKED"]);
  expect(await project.readKeyIds()).toEqual([]);
});

test("a gateway that does not refuse a key for long keeps the region's job for a moment, and no job of the key", async () => {
  const key = await project.makeKey();
  const region = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  const silent = "http://127.0.0.1:1";
  const calibration = { [region.endpoint]: "random-secret", [silent]: "random-secret" };
  await db.region.update({
    where: { name: "north" },
    data: { gateways: [region.endpoint, silent], calibration, calibratedAt: new Date() },
  });
  const id = await start(await support(), textOf(key));
  await runRegion(region.id, Date.now() + LONG_MS);
  expect(await rowsOf(id)).toMatchObject([{ state: "RUNNING", key: { state: "REVOKING" } }]);
  const receipts = () => db.receipt.findMany({ where: { keyId: key.change.keyId }, orderBy: { gateway: "asc" } });
  expect(await receipts()).toMatchObject([
    { endpoint: region.endpoint, firstRefusedAt: expect.any(Date) },
    { endpoint: silent, firstRefusedAt: null, askedAt: expect.any(Date) },
  ]);
  // As much later, when the worker looks for ends that nobody carries out.
  const long = new Date(Date.now() - 60_000);
  await db.accessKey.update({ where: { id: key.change.keyId }, data: { endedAt: long, removedAt: long } });
  expect(await listUnfinishedRevocations(BEFORE_ALL_IDS, 1_000)).not.toContain(key.change.keyId);
  expect(await countJobs("revoke-key", key.change.keyId)).toBe(0);
  await db.bulkRevocationKey.updateMany({ where: { bulkRevocationId: id }, data: { state: "FAILED" } });
  expect(await listUnfinishedRevocations(BEFORE_ALL_IDS, 1_000)).toContain(key.change.keyId);
  await db.bulkRevocationKey.updateMany({ where: { bulkRevocationId: id }, data: { state: "RUNNING" } });
  await db.region.update({ where: { name: "north" }, data: { gateways: [] } });
  await db.receipt.updateMany({ where: { endpoint: silent }, data: { askedAt: long } });
  await work();
  expect(await statesOf(id)).toEqual(["REVOKED"]);
  expect((await receipts())[1]).toMatchObject({
    firstRefusedAt: null,
    unmeasurable: expect.stringMatching(/no longer/),
  });
});

test("a key in two bulk revocations ends once, and the second calls it ended when that is proved", async () => {
  const sam = await support();
  const key = await project.makeKey();
  const first = await start(sam, { project: project.scope.slug });
  const second = await start(await support(), textOf(key));
  const region = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  expect(await decideNext(region)).toBe(2);
  await settleBulkRevocations();
  expect((await loadBulkRevocation(second)).counts).toMatchObject({ running: 1, "already-ended": 0 });
  expect((await loadBulkRevocation(second)).finishedAt).toBeNull();
  await work();
  expect(await statesOf(first)).toEqual(["REVOKED"]);
  expect(await statesOf(second)).toEqual(["ALREADY_ENDED"]);
  expect(await db.auditEvent.count({ where: { event: "key.revoking", keyId: key.change.keyId } })).toBe(1);
});

test("two workers at once do no harm", async () => {
  const sam = await support();
  const key = await project.makeKey();
  const id = await start(sam, { project: project.scope.slug });
  const region = await north();
  await Promise.all([runRegion(region, Date.now() + LONG_MS), runRegion(region, Date.now() + LONG_MS)]);
  await work();
  expect(await statesOf(id)).toEqual(["REVOKED"]);
  expect(await db.auditEvent.count({ where: { event: "key.revoking", keyId: key.change.keyId } })).toBe(1);
});

test("exactly the key that is listed ends: the other one of its overlap works on, whichever it is", async () => {
  for (const listed of ["current", "old"] as const) {
    const { slug } = await makeProject(db, [[project.mia, "member+"]]);
    const scope = await authorizeProject(project.mia, slug, "keys:issue");
    const old = await addNamedKey(scope, "north", "one");
    const current = await addNamedKey(scope, "north", "two");
    // As after a rotation that keeps the old key.
    const until = new Date(Date.now() + 3_600_000);
    await db.accessKey.update({
      where: { id: old.change.keyId },
      data: { state: "RETIRING", slot: "two", retiresAt: until },
    });
    const [ends, stays] = listed === "current" ? [current, old] : [old, current];
    const id = await start(await support(), textOf(ends));
    await work();
    expect(await statesOf(id)).toEqual(["REVOKED"]);
    expect(await stateOf(stays.change.keyId)).toBe(listed === "current" ? "RETIRING" : "ACTIVE");
    expect(await project.ask(stays)).toBe("accepted");
    expect(await project.ask(ends)).toBe("refused-unknown");
  }
});

test("a key beside one that is being made is busy, and fails with that sentence", async () => {
  const key = await project.makeKey();
  const other = await project.regenerate();
  expect(other.ok).toBe(true);
  const id = await start(await support(), textOf(key));
  await work();
  expect(await rowsOf(id)).toMatchObject([{ state: "FAILED", failure: expect.stringContaining("in progress") }]);
  expect(await stateOf(key.change.keyId)).toBe("ACTIVE");
});

test("whatever fails, every key of the set has ended or is listed as failed, and a retry ends the rest", async () => {
  const sam = await support();
  const keys: Issued[] = [];
  for (const _project of [1, 2, 3]) {
    const { slug } = await makeProject(db, [[project.mia, "member+"]]);
    const scope = await authorizeProject(project.mia, slug, "keys:issue");
    for (const name of ["one", "two", "three"]) keys.push(await addNamedKey(scope, "north", name));
  }
  const id = await start(sam, textOf(...keys));
  // Every third request of a kind breaks, in another way each.
  let requests = 0;
  const kinds = ["drop", "error", "garbage", "refuse"] as const;
  const faults = kinds.map((what, index) =>
    project.storage.admin.inject({
      match: () => (requests += 1) % (index + 3) === 0,
      when: index % 2 === 0 ? "before" : "after",
      what,
    }),
  );
  await work();
  for (const fault of faults) fault.release();
  const rows = await rowsOf(id);
  expect(rows).toHaveLength(keys.length);
  for (const { state, failure, decidedAt, key } of rows) {
    // A gateway may need longer than a lane waits. Then the end is decided, and the worker's own job goes on.
    expect(["REVOKED", "FAILED", ...(decidedAt ? ["RUNNING"] : [])]).toContain(state);
    expect(failure !== null).toBe(state === "FAILED");
    expect(state !== "REVOKED" || key.state === "REVOKED").toBe(true);
  }
  if (rows.some(({ state }) => state === "FAILED")) await retryBulkRevocation(sam, id);
  await work();
  const open = (await rowsOf(id)).filter(({ state }) => state === "RUNNING");
  await startRevocation(open.map(({ keyId }) => keyId));
  await settleBulkRevocations();
  expect(new Set(await statesOf(id))).toEqual(new Set(["REVOKED"]));
  for (const issued of keys) expect(await project.ask(issued)).toBe("refused-unknown");
});
