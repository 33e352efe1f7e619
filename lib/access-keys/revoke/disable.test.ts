import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { findKey } from "@/lib/access-keys/loaders/find-key";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { authorizeProject } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { makeUser } from "@/testing/factories/people";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";

const project = useProjectWithKeys();

test("support needs a reason to disable, and cannot enable", async () => {
  const sam = await makeUser(db, "Sam", { platformRole: "support" });
  await project.makeKey();
  await expect(authorizeProject(sam, project.scope.slug, "keys:issue")).rejects.toMatchObject({ code: "NOT_FOUND" });
  const support = await authorizeProject(sam, project.scope.slug, "keys:disable");
  expect(await project.disable(support)).toMatchObject({ ok: false, reason: "reason-required" });
  const disabled = await disableAccess({
    scope: support,
    region: "north",
    slot: DEFAULT_SLOT,
    requestId: randomUUID(),
    reason: "leaked",
  });
  expect(disabled).toMatchObject({ ok: true, outcome: "revoking" });
});

test("the keys of a disabled project can still be found and ended by support, and by no member", async () => {
  const sam = await makeUser(db, "Sam", { platformRole: "support" });
  const { change, secret } = await project.makeKey();
  await db.project.update({ where: { id: project.scope.projectId }, data: { disabledAt: new Date() } });
  await expect(authorizeProject(project.mia, project.scope.slug, "keys:disable")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(project.regenerate()).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await findKey(change.accessKeyId)).toMatchObject({ project: { slug: project.scope.slug }, live: true });
  const support = await authorizeProject(sam, project.scope.slug, "keys:disable");
  const disabled = await disableAccess({
    scope: support,
    region: "north",
    slot: DEFAULT_SLOT,
    requestId: randomUUID(),
    reason: "left",
  });
  if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
  expect(disabled.accessKeyIds).toEqual([change.accessKeyId]);
  await startRevocation(disabled.revoking);
  expect(await project.ask({ change, secret })).toBe("refused-unknown");
});

test("a disable takes the lease away and keeps none: the removal starts at once, whoever carries it out", async () => {
  const held = project.storage.admin.inject({ match: (method) => method === "PUT", when: "before", what: "hold" });
  const running = project.enable();
  await held.reached;
  const of = { where: { projectId: project.scope.projectId } };
  const before = await db.principal.findFirstOrThrow(of);
  expect(before.leaseUntil).toBeInstanceOf(Date);
  await project.disable();
  expect(await db.principal.findFirstOrThrow(of)).toMatchObject({ fence: before.fence + 1n, leaseUntil: null });
  held.release();
  expect(await running).toMatchObject({ ok: false, reason: "superseded" });
  expect(await project.readKeyIds()).toEqual([]);
});

test("whether support must say why is decided by the roles of the moment", async () => {
  const sam = await makeUser(db, "Sam", { platformRole: "support" });
  await project.makeKey();
  const { projectId, slug } = project.scope;
  const membership = { projectId_userId: { projectId, userId: sam.userId } };
  await db.membership.create({ data: { projectId, userId: sam.userId, role: "member+" } });
  const asMember = await authorizeProject(sam, slug, "keys:disable");
  await db.membership.delete({ where: membership });
  expect(await project.disable(asMember)).toMatchObject({ ok: false, reason: "reason-required" });
});

test("an operation whose lease ran out is not called disabled", async () => {
  const held = project.storage.admin.inject({
    match: (method) => method === "PUT",
    when: "after",
    what: "hold",
    times: 2,
  });
  const running = project.enable();
  await held.reached;
  const { principalId } = await db.operation.findFirstOrThrow({ where: { projectId: project.scope.projectId } });
  await db.principal.update({ where: { id: principalId }, data: { leaseUntil: new Date(Date.now() - 1_000) } });
  held.release();
  expect(await running).toMatchObject({ ok: false, reason: "storage-unsettled" });
  expect(await project.readKeyIds()).toEqual([]);
});

test("no secret is anywhere in the database", async () => {
  const { change, secret } = await project.makeKey();
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_schema || '.' || quote_ident(table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`;
  const dump: string[] = [];
  for (const { name } of tables) dump.push(JSON.stringify(await db.$queryRawUnsafe(`SELECT t::text FROM ${name} t`)));
  expect(dump.join()).toContain(change.accessKeyId);
  expect(dump.join()).not.toContain(secret.reveal());
});
