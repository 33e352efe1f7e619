import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import { carryOutAdjustment } from "@/lib/access-keys/lifecycle/carry-out";
import { expireKey, revokeExpired } from "@/lib/access-keys/lifecycle/expire";
import type { Adjustment } from "@/lib/access-keys/lifecycle/rules";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { listDueKeys } from "@/lib/access-keys/data";
import { sweepPrincipal } from "@/lib/access-keys/repair/sweep";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { probeS3 } from "@/lib/providers/probe";
import { type Issued, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";

let storage: Storage;
let scope: ProjectScope;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
});

const adjust = (adjustment: Adjustment, by = scope, requestId: string = randomUUID()) =>
  adjustKey({ scope: by, region: "north", slot: DEFAULT_SLOT, requestId, adjustment });
const deactivate = () => adjust({ kind: "DEACTIVATE" });
const activate = () => adjust({ kind: "ACTIVATE" });
const setDate = (expiresAt: Date | null) => adjust({ kind: "SET_EXPIRATION", expiresAt });
const inAnHour = () => new Date(Date.now() + 3_600_000);
const ask = ({ change, secret }: Issued) =>
  probeS3(
    { name: "north", endpoint: change.region.endpoint },
    change.region.signingRegion,
    change.accessKeyId,
    secret,
    { signal: AbortSignal.timeout(10_000), requestId: randomUUID() },
  );
const keyOf = (issued: Issued) => db.accessKey.findUniqueOrThrow({ where: { id: issued.change.keyId } });
const eventsOf = async (issued: Issued) =>
  (
    await db.auditEvent.findMany({ where: { keyId: issued.change.keyId }, orderBy: [{ at: "asc" }, { id: "asc" }] })
  ).map(({ event }) => event);
/** Only the portal's date: the storage system does not know of it. */
const letDatePass = (issued: Issued) =>
  db.accessKey.update({ where: { id: issued.change.keyId }, data: { expiresAt: new Date(Date.now() - 1_000) } });
const patch = (method: string, path: string) => method === "PATCH" && path.includes("/keys/");

describe("deactivate and activate", () => {
  test("the key is refused, and works again, with the same date", async () => {
    const issued = await makeKey(scope, "north");
    const date = inAnHour();
    expect(await setDate(date)).toMatchObject({ ok: true });
    expect(await deactivate()).toMatchObject({ ok: true, outcome: "done" });
    expect(await ask(issued)).not.toBe("accepted");
    expect(await keyOf(issued)).toMatchObject({ state: "INACTIVE", expiresAt: date });
    expect((await loadCard(scope, "north")).state).toBe("INACTIVE");
    expect(await activate()).toMatchObject({ ok: true });
    expect(await ask(issued)).toBe("accepted");
    expect(await keyOf(issued)).toMatchObject({ state: "ACTIVE", expiresAt: date, modifiedAt: expect.any(Date) });
    expect((await eventsOf(issued)).slice(2)).toEqual([
      "key.adjusting",
      "key.expiration-set",
      "key.adjusting",
      "key.deactivated",
      "key.adjusting",
      "key.activated",
    ]);
  });

  test("the same request twice is one change; with other values it is refused", async () => {
    await makeKey(scope, "north");
    const requestId = randomUUID();
    expect(await adjust({ kind: "DEACTIVATE" }, scope, requestId)).toMatchObject({ outcome: "done" });
    expect(await adjust({ kind: "DEACTIVATE" }, scope, requestId)).toMatchObject({ outcome: "already-done" });
    expect(await adjust({ kind: "ACTIVATE" }, scope, requestId)).toMatchObject({ reason: "request-reused" });
  });

  test("support may switch off with a reason, and neither switch on nor set a date", async () => {
    await makeKey(scope, "north");
    const sue = await makeUser(db, `Sue ${randomUUID()}`, { platformRole: "support" });
    const support = await authorizeProject(sue, scope.slug, "keys:disable");
    expect(await adjust({ kind: "DEACTIVATE" }, support)).toMatchObject({ reason: "reason-required" });
    expect(await adjust({ kind: "DEACTIVATE", reason: "leaked" }, support)).toMatchObject({ ok: true });
    await expect(adjust({ kind: "ACTIVATE" }, support)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(adjust({ kind: "SET_EXPIRATION", expiresAt: null }, support)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("of two people at once one wins, and the other is told", async () => {
    const issued = await makeKey(scope, "north");
    const outcomes = await Promise.all([deactivate(), deactivate()]);
    expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ reason: "not-active" });
    expect((await keyOf(issued)).state).toBe("INACTIVE");
  });

  test("a storage system that did not answer is asked again by the worker, until it is done", async () => {
    const issued = await makeKey(scope, "north");
    storage.admin.inject({ match: patch, when: "after", what: "drop", times: 1 });
    expect(await deactivate()).toMatchObject({ ok: false, reason: "change-unsettled" });
    const operation = await db.operation.findFirstOrThrow({
      where: { keyId: issued.change.keyId, kind: "DEACTIVATE" },
    });
    expect(operation.state).toBe("PENDING");
    await db.operation.update({ where: { id: operation.id }, data: { dueAt: new Date(0) } });
    expect(await carryOutAdjustment(operation.id, operation.principalId)).toBe("settled");
    expect((await keyOf(issued)).state).toBe("INACTIVE");
    expect(await ask(issued)).not.toBe("accepted");
  });

  test("a listing that fails after the switch does not count as nothing done", async () => {
    const issued = await makeKey(scope, "north");
    const list = (method: string, path: string) => method === "GET" && path.endsWith("/keys");
    storage.admin.inject({ match: list, when: "before", what: "refuse", times: 1 });
    expect(await deactivate()).toMatchObject({ ok: false, reason: "change-unsettled" });
    const operation = await db.operation.findFirstOrThrow({
      where: { keyId: issued.change.keyId, kind: "DEACTIVATE" },
    });
    await db.operation.update({ where: { id: operation.id }, data: { dueAt: new Date(0) } });
    expect(await carryOutAdjustment(operation.id, operation.principalId)).toBe("settled");
    expect((await keyOf(issued)).state).toBe("INACTIVE");
  });

  test("a storage system that refuses changes nothing, and the card says so", async () => {
    const issued = await makeKey(scope, "north");
    storage.admin.inject({ match: patch, when: "before", what: "refuse", times: 1 });
    expect(await deactivate()).toMatchObject({ ok: false, reason: "storage-refused" });
    expect((await keyOf(issued)).state).toBe("ACTIVE");
    expect((await loadCard(scope, "north")).notice).toContain("The key is as it was");
    expect(await deactivate()).toMatchObject({ ok: true });
  });
});

describe("a change whose process died", () => {
  /** As if the process had died after the storage system did it and before the commit. */
  async function interrupt(adjustment: Adjustment) {
    const issued = await makeKey(scope, "north");
    const held = storage.admin.inject({ match: patch, when: "after", what: "hold", times: 1 });
    const running = adjust(adjustment);
    await held.reached;
    const operation = await db.operation.findFirstOrThrow({
      where: { keyId: issued.change.keyId, kind: adjustment.kind },
    });
    // The lease is over, and with it the time of the operation.
    await db.principal.update({
      where: { id: operation.principalId },
      data: { leaseUntil: null, fence: { increment: 1 } },
    });
    await db.operation.update({ where: { id: operation.id }, data: { dueAt: new Date(0) } });
    return { issued, operation, held, running };
  }

  test("is carried out by whoever comes first, once", async () => {
    const { issued, operation, held, running } = await interrupt({ kind: "DEACTIVATE" });
    const outcomes = await Promise.all([1, 2].map(() => carryOutAdjustment(operation.id, operation.principalId)));
    expect(outcomes).toContain("settled");
    held.release();
    expect(await running).toMatchObject({ ok: false });
    expect((await keyOf(issued)).state).toBe("INACTIVE");
    expect(await ask(issued)).not.toBe("accepted");
    expect((await eventsOf(issued)).filter((event) => event === "key.deactivated")).toHaveLength(1);
  });

  test("gives way to a later intention", async () => {
    const { issued, operation, held, running } = await interrupt({ kind: "DEACTIVATE" });
    const date = inAnHour();
    expect(await setDate(date)).toMatchObject({ ok: true });
    expect(await carryOutAdjustment(operation.id, operation.principalId)).toBe("settled");
    held.release();
    await running;
    expect(await db.operation.findUnique({ where: { id: operation.id } })).toMatchObject({ state: "CANCELLED" });
    expect(await keyOf(issued)).toMatchObject({ state: "ACTIVE", expiresAt: date });
  });

  test("is carried out also when its date has passed meanwhile: the storage system may have it", async () => {
    const { issued, operation, held, running } = await interrupt({ kind: "SET_EXPIRATION", expiresAt: inAnHour() });
    const expiresAt = new Date(Date.now() - 1_000);
    const createdAt = new Date(Date.now() - 3_600_000);
    await db.operation.update({ where: { id: operation.id }, data: { createdAt, expiresAt } });
    expect(await carryOutAdjustment(operation.id, operation.principalId)).toBe("settled");
    held.release();
    await running;
    expect(await keyOf(issued)).toMatchObject({ state: "ACTIVE", expiresAt });
    await expireKey(issued.change.keyId);
    expect((await keyOf(issued)).state).toBe("EXPIRED");
  });

  test("ends with the access: a disable cancels it", async () => {
    const { issued, operation, held, running } = await interrupt({ kind: "DEACTIVATE" });
    await disableAccess({ scope, region: "north", slot: DEFAULT_SLOT, requestId: randomUUID() });
    expect(await carryOutAdjustment(operation.id, operation.principalId)).toBe("settled");
    held.release();
    expect(await running).toMatchObject({ ok: false, reason: "superseded" });
    expect(["REVOKING", "REVOKED"]).toContain((await keyOf(issued)).state);
  });
});

test("a switch that lands late is taken back by the sweep", async () => {
  const issued = await makeKey(scope, "north");
  await deactivate();
  const principal = await db.principal.findUniqueOrThrow({ where: { id: issued.change.principal.id } });
  await storage.patchKeyDirectly("north", principal.externalId, issued.change.accessKeyId, { state: "active" });
  expect(await ask(issued)).toBe("accepted");
  await sweepPrincipal(principal.id);
  expect(await ask(issued)).not.toBe("accepted");
  expect(await eventsOf(issued)).toContain("key.late-switched");
  await activate();
  await sweepPrincipal(principal.id);
  expect(await ask(issued)).toBe("accepted");
});

describe("the date", () => {
  test("the storage system refuses the key by itself, with the worker down, and the card says so", async () => {
    const issued = await makeKey(scope, "north");
    expect(await setDate(inAnHour())).toMatchObject({ ok: true });
    expect((await loadCard(scope, "north")).key?.expiresInSeconds).toBeGreaterThan(3_500);
    expect(await ask(issued)).toBe("accepted");
    // Nobody can set a date that has passed, so the storage system gets it past the portal.
    const { principal } = await db.accessKey.findUniqueOrThrow({
      where: { id: issued.change.keyId },
      include: { principal: true },
    });
    await storage.patchKeyDirectly("north", principal.externalId, issued.change.accessKeyId, {
      notAfter: new Date().toISOString(),
    });
    await letDatePass(issued);
    expect(await ask(issued)).not.toBe("accepted");
    expect(await keyOf(issued)).toMatchObject({ state: "ACTIVE" });
    expect((await loadCard(scope, "north")).state).toBe("EXPIRED");
  });

  test("several workers expire a key once, and a later date revives it", async () => {
    const issued = await makeKey(scope, "north");
    await letDatePass(issued);
    expect(await listDueKeys(BEFORE_ALL_IDS, 1_000)).toContain(issued.change.keyId);
    await Promise.all([1, 2, 3].map(() => expireKey(issued.change.keyId)));
    expect((await keyOf(issued)).state).toBe("EXPIRED");
    expect(await ask(issued)).not.toBe("accepted");
    expect((await eventsOf(issued)).filter((event) => event === "key.expired")).toHaveLength(1);
    expect(await activate()).toMatchObject({ ok: false, reason: "date-passed" });
    const date = inAnHour();
    expect(await setDate(date)).toMatchObject({ ok: true });
    expect(await keyOf(issued)).toMatchObject({ state: "ACTIVE", expiresAt: date });
    expect(await ask(issued)).toBe("accepted");
    await expireKey(issued.change.keyId);
    expect((await keyOf(issued)).state).toBe("ACTIVE");
  });

  test("a date that has passed is refused, and nothing changes", async () => {
    const issued = await makeKey(scope, "north");
    expect(await setDate(new Date(Date.now() - 1_000))).toMatchObject({ ok: false, reason: "date-too-early" });
    expect(await keyOf(issued)).toMatchObject({ expiresAt: null, modifiedAt: null });
  });

  test("where no single key can be switched, the key is revoked, and access can be enabled again", async () => {
    const issued = await makeKey(scope, "north");
    await letDatePass(issued);
    const include = { principal: true, region: true };
    await revokeExpired(await db.accessKey.findUniqueOrThrow({ where: { id: issued.change.keyId }, include }));
    expect(await keyOf(issued)).toMatchObject({ state: "REVOKING", endReason: "expired", endedById: null });
    await revokeKey(issued.change.keyId);
    const card = await loadCard(scope, "north");
    expect(card).toMatchObject({ state: "EXPIRED", key: null });
    await makeKey(scope, "north");
    expect((await loadCard(scope, "north")).state).toBe("ACTIVE");
  });
});
