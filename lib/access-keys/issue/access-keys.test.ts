import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findKey } from "@/lib/access-keys/loaders";
import { acknowledgeSecret } from "@/lib/access-keys/issue/acknowledge";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { type IssueOutcome, issuePair } from "@/lib/access-keys/issue/issue-key";
import { revokeKey, startRevocation } from "@/lib/access-keys/revoke/revoke";
import { sweepPrincipal } from "@/lib/access-keys/repair/sweep";
import { handToWorker, settleOperation } from "@/lib/access-keys/repair/undo";
import { startTestDatabase } from "@/testing/database/test-database";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import type { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import { type Issued, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

let storage: Storage;
let mia: Actor;
let max: Actor;
let scope: ProjectScope;
let principal: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  mia = await makeUser(db, "Mia");
  max = await makeUser(db, "Max");
});
afterAll(() => storage.stop());

beforeEach(async () => {
  const project = await makeProject(db, [
    [mia, "member+"],
    [max, "admin"],
  ]);
  scope = await authorizeProject(mia, project.slug, "keys:issue");
  principal = `lk-${project.id}`;
});

const enable = (as = scope, requestId = randomUUID()) =>
  issuePair({ kind: "ENABLE", scope: as, region: "north", requestId });
const regenerate = (as = scope, requestId = randomUUID()) =>
  issuePair({ kind: "REGENERATE", scope: as, region: "north", requestId });
const disable = (as = scope, requestId = randomUUID()) => disableAccess({ scope: as, region: "north", requestId });

function asIssued(outcome: IssueOutcome): Issued {
  if (!outcome.ok || outcome.outcome !== "issued") throw new Error(`not issued: ${JSON.stringify(outcome)}`);
  return outcome;
}

const enableFully = (): Promise<Issued> => makeKey(scope, "north");

function ask(accessKeyId: string, secret: Secret): Promise<string> {
  const [north] = storage.regions;
  if (!north) throw new Error("there is a region");
  const context = { signal: AbortSignal.timeout(5_000), requestId: randomUUID() };
  return probeS3({ name: "north", endpoint: north.endpoint }, north.signingRegion, accessKeyId, secret, context);
}

const stateOf = async (id: string) => (await db.accessKey.findUniqueOrThrow({ where: { id } })).state;
/** What the jobs that settle an operation wait for. */
async function jobsOf(operationId: string): Promise<(string | undefined)[]> {
  const jobs = await db.$queryRaw<{ key: string }[]>`
    SELECT singleton_key AS key FROM pgboss.job WHERE starts_with(singleton_key, ${operationId}) AND state < 'completed'`;
  return jobs.map(({ key }) => key.split(":")[1]).sort();
}
const operationOf = (id: string) => db.operation.findUniqueOrThrow({ where: { id } });

/** As if the time that an operation or a lease may take had passed. */
async function letTimePass(operationId: string): Promise<void> {
  const past = new Date(Date.now() - 1_000);
  const { principalId } = await db.operation.update({ where: { id: operationId }, data: { dueAt: past } });
  await db.principal.updateMany({ where: { id: principalId, leaseUntil: { not: null } }, data: { leaseUntil: past } });
}

describe("enable, regenerate, disable", () => {
  test("the pair works once it is issued, and is current once acknowledged", async () => {
    const { change, secret } = asIssued(await enable());
    expect(await ask(change.accessKeyId, secret)).toBe("accepted");
    expect(await stateOf(change.keyId)).toBe("ISSUED");
    expect(await acknowledgeSecret(scope, change.operationId)).toEqual({ ok: true, revoking: [] });
    expect(await stateOf(change.keyId)).toBe("ACTIVE");
    expect((await operationOf(change.operationId)).state).toBe("DONE");
  });

  test("the old pair works until the new one is acknowledged, and is refused after", async () => {
    const old = await enableFully();
    const fresh = asIssued(await regenerate());
    expect(await ask(old.change.accessKeyId, old.secret)).toBe("accepted");
    const acknowledged = await acknowledgeSecret(scope, fresh.change.operationId);
    expect(acknowledged).toEqual({ ok: true, revoking: [old.change.keyId] });
    await startRevocation([old.change.keyId]);
    expect(await ask(old.change.accessKeyId, old.secret)).toBe("refused-unknown");
    expect(await ask(fresh.change.accessKeyId, fresh.secret)).toBe("accepted");
    expect(await stateOf(old.change.keyId)).toBe("REVOKED");
    const [receipt] = await db.receipt.findMany({ where: { keyId: old.change.keyId } });
    expect(receipt?.firstRefusedAt).toBeInstanceOf(Date);
  });

  test("disable ends the pair, and enabling again gives another", async () => {
    const first = await enableFully();
    const disabled = await disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    expect(disabled.revoking).toMatchObject([{ id: first.change.keyId, accessKeyId: first.change.accessKeyId }]);
    await startRevocation(disabled.revoking, disabled.lease);
    expect(await ask(first.change.accessKeyId, first.secret)).toBe("refused-unknown");
    const second = await enableFully();
    expect(second.change.accessKeyId).not.toBe(first.change.accessKeyId);
    expect(await storage.readKeyIds("north", principal)).toEqual([second.change.accessKeyId]);
  });

  test("the acknowledgement can be repeated", async () => {
    const { change } = asIssued(await enable());
    await acknowledgeSecret(scope, change.operationId);
    expect(await acknowledgeSecret(scope, change.operationId)).toEqual({ ok: true, revoking: [] });
  });

  test("another person cannot acknowledge", async () => {
    const { change } = asIssued(await enable());
    const other = await authorizeProject(max, scope.slug, "keys:issue");
    await expect(acknowledgeSecret(other, change.operationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each([
    ["enable when enabled", enable, "already-enabled"],
    ["regenerate with nothing there", async () => (await disable(), regenerate()), "not-enabled"],
  ] as const)("%s is refused", async (_name, change, reason) => {
    await enableFully();
    expect(await change()).toMatchObject({ ok: false, reason });
  });

  test("a role that was taken away since the gate looked is refused, and nothing is made", async () => {
    await db.membership.update({
      where: { projectId_userId: { projectId: scope.projectId, userId: mia.userId } },
      data: { role: "member" },
    });
    await expect(enable()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await storage.readKeyIds("north", principal)).toEqual([]);
  });
});

describe("at the same time", () => {
  test("the same request id twice is one change", async () => {
    const requestId = randomUUID();
    const outcomes = await Promise.all([enable(scope, requestId), enable(scope, requestId)]);
    expect(outcomes.filter((outcome) => outcome.ok && outcome.outcome === "issued")).toHaveLength(1);
    expect(await db.accessKey.count({ where: { projectId: scope.projectId } })).toBe(1);
    expect(await enable(scope, requestId)).toMatchObject({ ok: false, reason: "unconfirmed" });
    const issued = outcomes.find((outcome) => outcome.ok && outcome.outcome === "issued");
    await acknowledgeSecret(scope, asIssued(issued as IssueOutcome).change.operationId);
    expect(await enable(scope, requestId)).toMatchObject({ ok: true, outcome: "already-done" });
  });

  test("a request id with another input is refused", async () => {
    const requestId = randomUUID();
    await enable(scope, requestId);
    const other = await issuePair({ kind: "ENABLE", scope, region: "south", requestId });
    expect(other).toMatchObject({ ok: false, reason: "request-reused" });
  });

  test("of several people one wins, and the others read who", async () => {
    const other = await authorizeProject(max, scope.slug, "keys:issue");
    const outcomes = await Promise.all([enable(), enable(other), enable(), enable(other)]);
    const losers = outcomes.filter((outcome) => !outcome.ok);
    expect(losers).toHaveLength(3);
    for (const loser of losers)
      expect(loser).toMatchObject({ reason: "busy", message: expect.stringMatching(/Mia|Max/) });
    expect(await storage.readKeyIds("north", principal)).toHaveLength(1);
  });

  test("disable during a regenerate ends both pairs", async () => {
    const old = await enableFully();
    const held = storage.admin.inject({ match: (method) => method === "PUT", when: "after", what: "hold" });
    const running = regenerate();
    await held.reached;
    const keys = await db.accessKey.findMany({ where: { projectId: scope.projectId, state: "CREATING" } });
    const disabled = await disable();
    held.release();
    expect(disabled).toMatchObject({ ok: true, outcome: "revoking" });
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("unreachable");
    await startRevocation(disabled.revoking, disabled.lease);
    expect(await running).toMatchObject({ ok: false, reason: "superseded" });
    expect(await storage.readKeyIds("north", principal)).toEqual([]);
    expect(await ask(old.change.accessKeyId, old.secret)).toBe("refused-unknown");
    expect(await stateOf(keys[0]?.id ?? "")).toBe("REVOKED");
  });

  test("enable right after disable waits for the removal that is under way", async () => {
    const first = await enableFully();
    const disabled = await disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    const held = storage.admin.inject({
      match: (method) => method === "DELETE",
      when: "before",
      what: "hold",
      times: 1,
    });
    const removal = startRevocation(disabled.revoking, disabled.lease);
    await held.reached;
    const enabling = enable();
    held.release();
    const { change, secret } = asIssued(await enabling);
    await removal;
    expect(await ask(change.accessKeyId, secret)).toBe("accepted");
    expect(await ask(first.change.accessKeyId, first.secret)).toBe("refused-unknown");
  });

  test("an issued pair that was not acknowledged dies with a disable", async () => {
    const { change, secret } = asIssued(await enable());
    const disabled = await disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    await startRevocation(disabled.revoking, disabled.lease);
    expect(await ask(change.accessKeyId, secret)).toBe("refused-unknown");
    expect(await acknowledgeSecret(scope, change.operationId)).toMatchObject({ ok: false, reason: "superseded" });
  });
});

describe("undelivered", () => {
  test("a pair that nobody acknowledged is undone, and the old one works on", async () => {
    const old = await enableFully();
    const { change, secret } = asIssued(await regenerate());
    await settleOperation(change.operationId);
    expect(await ask(change.accessKeyId, secret)).toBe("accepted");
    await letTimePass(change.operationId);
    expect(await acknowledgeSecret(scope, change.operationId)).toMatchObject({ ok: false, reason: "undelivered" });
    await settleOperation(change.operationId);
    expect(await ask(change.accessKeyId, secret)).toBe("refused-unknown");
    expect(await ask(old.change.accessKeyId, old.secret)).toBe("accepted");
    expect(await stateOf(change.keyId)).toBe("FAILED");
    expect(await acknowledgeSecret(scope, change.operationId)).toMatchObject({ ok: false, reason: "undelivered" });
  });

  test("the next change undoes one that is overdue first", async () => {
    const { change } = asIssued(await enable());
    await letTimePass(change.operationId);
    const next = asIssued(await enable());
    expect(await stateOf(change.keyId)).toBe("FAILED");
    expect(await storage.readKeyIds("north", principal)).toEqual([next.change.accessKeyId]);
  });
});

describe("a storage system that fails", () => {
  const isPut = (method: string, path: string) => method === "PUT" && path.includes("/keys/");

  test.each([
    ["breaks off before it did it", { when: "before", what: "drop" }],
    ["breaks off after it did it", { when: "after", what: "drop" }],
    ["answers garbage after it did it", { when: "after", what: "garbage" }],
    ["answers 500 after it did it", { when: "after", what: "error" }],
  ] as const)("%s: nothing is left of the pair, and the next try works", async (_name, fault) => {
    const injected = storage.admin.inject({ match: isPut, ...fault, times: 1 });
    expect(await enable()).toMatchObject({ ok: false, reason: "storage-failed" });
    injected.release();
    expect(await storage.readKeyIds("north", principal)).toEqual([]);
    await enableFully();
  });

  test("one that breaks before a pair was asked for has nothing to undo", async () => {
    const broken = storage.admin.inject({ match: () => true, when: "before", what: "drop" });
    expect(await enable()).toMatchObject({
      ok: false,
      reason: "storage-failed",
      message: expect.stringContaining("Nothing was changed"),
    });
    broken.release();
    expect(await db.operation.count({ where: { projectId: scope.projectId, state: "FAILED" } })).toBe(1);
  });

  test("the undo that fails too is finished by the worker's job", async () => {
    const old = await enableFully();
    const put = storage.admin.inject({ match: isPut, when: "after", what: "drop" });
    const remove = storage.admin.inject({ match: (method) => method === "DELETE", when: "before", what: "error" });
    const failed = await regenerate();
    expect(failed).toMatchObject({
      ok: false,
      reason: "storage-unsettled",
      message: expect.stringContaining("still work"),
    });
    expect(await storage.readKeyIds("north", principal)).toHaveLength(2);
    put.release();
    remove.release();
    const open = await db.operation.findFirstOrThrow({ where: { projectId: scope.projectId, state: "UNDOING" } });
    await settleOperation(open.id);
    expect(await storage.readKeyIds("north", principal)).toEqual([old.change.accessKeyId]);
  });

  test("one that stays away leaves one job for each thing to finish, however often it is tried", async () => {
    const { change } = asIssued(await enable());
    await letTimePass(change.operationId);
    const away = storage.admin.inject({ match: () => true, when: "before", what: "drop" });
    for (let round = 0; round < 6; round += 1) {
      expect(await settleOperation(change.operationId)).toBe("unproven");
      expect(await enable()).toMatchObject({ ok: false, reason: "storage-unsettled" });
      await handToWorker(change.operationId);
    }
    expect(await jobsOf(change.operationId)).toEqual(["undo"]);
    away.release();
    expect(await settleOperation(change.operationId)).toBe("settled");
  });

  test("a removal that fails leaves the key REVOKING until it is proved", async () => {
    const { change, secret } = await enableFully();
    const broken = storage.admin.inject({ match: (method) => method === "DELETE", when: "before", what: "garbage" });
    const patches = storage.admin.inject({ match: (method) => method === "PATCH", when: "before", what: "error" });
    const disabled = await disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    await expect(revokeKey(change.keyId, disabled.lease)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await stateOf(change.keyId)).toBe("REVOKING");
    expect(await ask(change.accessKeyId, secret)).toBe("accepted");
    broken.release();
    patches.release();
    await revokeKey(change.keyId);
    expect(await stateOf(change.keyId)).toBe("REVOKED");
    expect(await ask(change.accessKeyId, secret)).toBe("refused-unknown");
  });

  test("a write that lands after its key was undone is swept", async () => {
    const { change } = asIssued(await enable());
    await letTimePass(change.operationId);
    await settleOperation(change.operationId);
    await storage.putKeyDirectly("north", principal, change.accessKeyId, "s".repeat(40));
    await sweepPrincipal(change.principal.id);
    expect(await storage.readKeyIds("north", principal)).toEqual([]);
    expect(await db.auditEvent.count({ where: { keyId: change.keyId, event: "key.late-removed" } })).toBe(1);
  });

  test("a key with our mark that the portal does not know is reported once and left alone", async () => {
    const { change } = await enableFully();
    const { marker } = await db.installation.findFirstOrThrow();
    const { composeAccessKeyId } = await import("@/lib/access-key-ids/rules");
    const stray = composeAccessKeyId(marker, (length) => "X".repeat(length));
    await storage.putKeyDirectly("north", principal, stray, "s".repeat(40));
    await sweepPrincipal(change.principal.id);
    await sweepPrincipal(change.principal.id);
    expect(await storage.readKeyIds("north", principal)).toContain(stray);
    const where = { projectId: scope.projectId, event: "key.unknown-found" };
    expect(await db.auditEvent.count({ where })).toBe(1);
  });

  test("a half answer to the list removes nothing and reports nothing", async () => {
    const { change } = await enableFully();
    const half = storage.admin.inject({ match: (method) => method === "GET", when: "before", what: "garbage" });
    await expect(sweepPrincipal(change.principal.id)).rejects.toMatchObject({ name: "ProviderError" });
    half.release();
    const where = { projectId: scope.projectId, event: "key.missing-found" };
    expect(await db.auditEvent.count({ where })).toBe(0);
  });

  test("one that is slow past the deadline leaves nothing behind", async () => {
    const slow = storage.admin.inject({ match: isPut, when: "after", what: "hold", times: 1 });
    const outcome = await enable();
    expect(outcome).toMatchObject({ ok: false, reason: "storage-failed" });
    slow.release();
    await pause(0);
    expect(await storage.readKeyIds("north", principal)).toEqual([]);
  });
});

test("support needs a reason to disable, and cannot enable", async () => {
  const sam = await makeUser(db, "Sam", { platformRole: "support" });
  await enableFully();
  await expect(authorizeProject(sam, scope.slug, "keys:issue")).rejects.toMatchObject({ code: "NOT_FOUND" });
  const support = await authorizeProject(sam, scope.slug, "keys:disable");
  expect(await disable(support)).toMatchObject({ ok: false, reason: "reason-required" });
  const disabled = await disableAccess({ scope: support, region: "north", requestId: randomUUID(), reason: "leaked" });
  expect(disabled).toMatchObject({ ok: true, outcome: "revoking" });
});

test("the keys of a disabled project can still be found and ended by support, and by no member", async () => {
  const sam = await makeUser(db, "Sam", { platformRole: "support" });
  const { change, secret } = await enableFully();
  await db.project.update({ where: { id: scope.projectId }, data: { disabledAt: new Date() } });
  await expect(authorizeProject(mia, scope.slug, "keys:disable")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(regenerate()).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await findKey(change.accessKeyId)).toMatchObject({ project: { slug: scope.slug }, live: true });
  const support = await authorizeProject(sam, scope.slug, "keys:disable");
  const disabled = await disableAccess({ scope: support, region: "north", requestId: randomUUID(), reason: "left" });
  if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
  expect(disabled.accessKeyIds).toEqual([change.accessKeyId]);
  await startRevocation(disabled.revoking, disabled.lease);
  expect(await ask(change.accessKeyId, secret)).toBe("refused-unknown");
});

test("an operation whose lease ran out is not called disabled", async () => {
  const held = storage.admin.inject({ match: (method) => method === "PUT", when: "after", what: "hold", times: 2 });
  const running = enable();
  await held.reached;
  const { principalId } = await db.operation.findFirstOrThrow({ where: { projectId: scope.projectId } });
  await db.principal.update({ where: { id: principalId }, data: { leaseUntil: new Date(Date.now() - 1_000) } });
  held.release();
  expect(await running).toMatchObject({ ok: false, reason: "storage-unsettled" });
  expect(await storage.readKeyIds("north", principal)).toEqual([]);
});

test("no secret is anywhere in the database", async () => {
  const { change, secret } = await enableFully();
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_schema || '.' || quote_ident(table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`;
  const dump: string[] = [];
  for (const { name } of tables) dump.push(JSON.stringify(await db.$queryRawUnsafe(`SELECT t::text FROM ${name} t`)));
  expect(dump.join()).toContain(change.accessKeyId);
  expect(dump.join()).not.toContain(secret.reveal());
});
