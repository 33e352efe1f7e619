import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { issueKey } from "@/lib/access-keys/issue/issue-key";
import { awaitAcknowledgement, commitBeforeReply } from "@/lib/access-keys/issue/deliver";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import { retireKey } from "@/lib/access-keys/lifecycle/retire";
import type { Adjustment } from "@/lib/access-keys/lifecycle/rules";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { addNamedKey, asIssued, issueUnacknowledged } from "@/testing/factories/keys";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

const add = (slot: string, requestId: string = randomUUID(), as: ProjectScope = project.scope) =>
  issueKey(
    {
      kind: "ENABLE",
      scope: as,
      region: "north",
      slot,
      access: "FULL",
      requestId,
      expiresAt: null,
      overlapSeconds: null,
    },
    commitBeforeReply,
  );
const disable = (slot: string) =>
  disableAccess({ scope: project.scope, region: "north", slot, requestId: randomUUID() });
const card = () => loadCard(project.scope, "north");

describe("a named key", () => {
  test("works beside the default one, and each is disabled for itself alone", async () => {
    const main = await project.makeKey();
    const backup = await addNamedKey(project.scope, "north", "backup host");
    expect(await card()).toMatchObject({
      name: null,
      state: "ACTIVE",
      others: 1,
      namesLeft: env.LATCHKEY_NAMED_KEYS - 1,
      named: [{ name: "backup host", access: "full", state: "ACTIVE", others: 1 }],
    });
    const ended = await disable("backup host");
    expect(ended).toMatchObject({ ok: true, accessKeyIds: [backup.change.accessKeyId] });
    await startRevocation(ended.ok && ended.outcome === "revoking" ? ended.revoking : []);
    expect([await project.ask(main), await project.ask(backup)]).toEqual(["accepted", "refused-unknown"]);
    expect(await card()).toMatchObject({ state: "ACTIVE", others: 0, named: [{ state: "DISABLED" }] });
  });

  test("is regenerated for itself alone, and keeps what it may do", async () => {
    await project.makeKey();
    const old = await addNamedKey(project.scope, "north", "reader", "READ_ONLY");
    const request = { scope: project.scope, region: "north", slot: "reader", requestId: randomUUID() };
    const issued = asIssued(
      await issueKey(
        { ...request, kind: "REGENERATE", access: "FULL", expiresAt: null, overlapSeconds: null },
        commitBeforeReply,
      ),
    );
    expect(issued.change.access).toBe("READ_ONLY");
    expect(issued.revoking).toEqual([old.change.keyId]);
    await startRevocation(issued.revoking);
    expect(await project.readKeyIds()).toHaveLength(2);
    expect(await card()).toMatchObject({ state: "ACTIVE", named: [{ access: "read-only", state: "ACTIVE" }] });
  });

  test("that is regenerated twice by one request is regenerated once, also when it is read-only", async () => {
    await addNamedKey(project.scope, "north", "reader", "READ_ONLY");
    const request = { scope: project.scope, region: "north", slot: "reader", requestId: randomUUID() };
    const regenerate = () =>
      issueKey(
        { ...request, kind: "REGENERATE", access: "FULL", expiresAt: null, overlapSeconds: null },
        commitBeforeReply,
      );
    expect(await regenerate()).toMatchObject({ ok: true, outcome: "issued" });
    expect(await regenerate()).toMatchObject({ ok: true, outcome: "already-done" });
  });

  test("of which only the old key of an overlap is left can be added again", async () => {
    const old = await addNamedKey(project.scope, "north", "backup");
    const retiresAt = new Date(Date.now() + 3_600_000);
    await db.accessKey.update({ where: { id: old.change.keyId }, data: { state: "RETIRING", retiresAt } });
    expect(await add("Backup")).toMatchObject({ ok: false, reason: "name-taken" });
    expect(await add("backup")).toMatchObject({ ok: true });
    expect(await card()).toMatchObject({
      named: [{ state: "ACTIVE", retiring: { accessKeyId: old.change.accessKeyId } }],
    });
  });

  test("that was disabled tells nothing of an older change that failed", async () => {
    const { change } = await addNamedKey(project.scope, "north", "backup");
    const { id, ...made } = await db.operation.findUniqueOrThrow({ where: { id: change.operationId } });
    const failed = { ...made, kind: "SET_EXPIRATION" as const, state: "FAILED" as const, requestId: randomUUID() };
    await db.operation.create({ data: { ...failed, createdAt: new Date() } });
    expect(await card()).toMatchObject({ named: [{ notice: expect.stringContaining("not carried out") }] });
    await disable("backup");
    expect(await card()).toMatchObject({ named: [{ state: "REVOKING", notice: null }] });
    expect(id).toBe(change.operationId);
  });

  test("is switched off and on, gets a date and is kept beside its successor, for itself alone", async () => {
    const main = await project.makeKey();
    const old = await addNamedKey(project.scope, "north", "backup");
    const place = { scope: project.scope, region: "north", slot: "backup" };
    const adjust = (adjustment: Adjustment) => adjustKey({ ...place, requestId: randomUUID(), adjustment });
    expect(await adjust({ kind: "DEACTIVATE" })).toMatchObject({ ok: true });
    expect([await project.ask(main), await project.ask(old)]).toEqual(["accepted", "refused-unknown"]);
    expect(await adjust({ kind: "ACTIVATE" })).toMatchObject({ ok: true });
    const expiresAt = new Date(Date.now() + 86_400_000);
    expect(await adjust({ kind: "SET_EXPIRATION", expiresAt })).toMatchObject({ ok: true });
    const request = { ...place, kind: "REGENERATE" as const, access: "FULL" as const, expiresAt: null };
    const issued = asIssued(
      await issueKey({ ...request, requestId: randomUUID(), overlapSeconds: 604_800 }, commitBeforeReply),
    );
    expect(await card()).toMatchObject({
      state: "ACTIVE",
      retiring: null,
      key: { accessKeyId: main.change.accessKeyId, expiresAt: null },
      named: [{ state: "ACTIVE", retiring: { until: expiresAt.toISOString() } }],
    });
    expect([await project.ask(old), await project.ask(issued)]).toEqual(["accepted", "accepted"]);
    expect(await retireKey({ ...place, requestId: randomUUID(), keepSeconds: null })).toMatchObject({ ok: true });
    expect(await stateOf(old.change.keyId)).toBe("REVOKING");
    expect(await stateOf(main.change.keyId)).toBe("ACTIVE");
  });

  test("needs a name that no other named key has, whatever its capitals", async () => {
    await addNamedKey(project.scope, "north", "backup");
    for (const name of ["backup", "Backup"]) expect(await add(name)).toMatchObject({ ok: false, reason: "name-taken" });
    expect(await db.accessKey.count({ where: { projectId: project.scope.projectId } })).toBe(1);
  });

  test("may have the name of one that has ended", async () => {
    await addNamedKey(project.scope, "north", "backup");
    const ended = await disable("backup");
    await startRevocation(ended.ok && ended.outcome === "revoking" ? ended.revoking : []);
    expect(await add("Backup")).toMatchObject({ ok: true });
  });

  test("is refused beyond the number that is allowed, and one that ended makes room", async () => {
    for (let index = 0; index < env.LATCHKEY_NAMED_KEYS; index += 1)
      await addNamedKey(project.scope, "north", `key ${index}`);
    expect(await card()).toMatchObject({ namesLeft: 0 });
    expect(await add("one more")).toMatchObject({ ok: false, reason: "too-many-names" });
    await disable("key 3");
    expect(await add("one more")).toMatchObject({ ok: true });
  });

  test("that two people add at once with one name is added once", async () => {
    const outcomes = await Promise.all([add("twice"), add("twice")]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ reason: expect.stringMatching(/name-taken|busy/) });
  });

  test("of the same request is one change; with another name the request is refused", async () => {
    const requestId = randomUUID();
    expect(await add("one", requestId)).toMatchObject({ ok: true, outcome: "issued" });
    expect(await add("one", requestId)).toMatchObject({ ok: true, outcome: "already-done" });
    expect(await add("two", requestId)).toMatchObject({ ok: false, reason: "request-reused" });
  });
});

test("a disable ends no change of another slot", async () => {
  await project.makeKey();
  const request = { scope: project.scope, region: "north", slot: "backup", requestId: randomUUID() };
  const waiting = asIssued(
    await issueKey(
      { ...request, kind: "ENABLE", access: "FULL", expiresAt: null, overlapSeconds: null },
      awaitAcknowledgement,
    ),
  );
  expect(await disable(DEFAULT_SLOT)).toMatchObject({ ok: true });
  expect(await stateOf(waiting.change.keyId)).toBe("ISSUED");
  expect(await project.ask(waiting)).toBe("accepted");
});

test("a disable leaves the lease with a change of another slot, and takes it from one of its own", async () => {
  const own = await issueUnacknowledged(project.scope, "north");
  const { principalId } = await db.operation.findUniqueOrThrow({ where: { id: own.change.operationId } });
  const principal = await db.principal.findUniqueOrThrow({ where: { id: principalId } });
  const backup = await addNamedKey(project.scope, "north", "backup");
  const { fence } = await db.operation.findUniqueOrThrow({ where: { id: backup.change.operationId } });
  // As if the change of the named key were still at work.
  const leaseUntil = new Date(Date.now() + 30_000);
  await db.operation.update({ where: { id: backup.change.operationId }, data: { state: "PENDING" } });
  await db.principal.update({ where: { id: principal.id }, data: { leaseUntil, leaseLabel: "Mia" } });
  expect(await disable(DEFAULT_SLOT)).toMatchObject({ ok: true });
  expect(await db.principal.findUniqueOrThrow({ where: { id: principal.id } })).toMatchObject({ fence, leaseUntil });
  expect(await disable("backup")).toMatchObject({ ok: true });
  expect(await db.principal.findUniqueOrThrow({ where: { id: principal.id } })).toMatchObject({ leaseUntil: null });
});
