import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashToken, readTokenUser } from "@/lib/api-tokens/data";
import { isTokenText } from "@/lib/api-tokens/rules";
import { describeEvent } from "@/lib/audit/describe";
import { type Actor, maySomewhere } from "@/lib/gate/scope";
import { listOwnTokens, listTokenPlaces } from "@/lib/own-tokens/loaders";
import { createOwnToken, revokeOwnToken } from "@/lib/own-tokens/mutations";
import { TOKENS_MAX } from "@/lib/own-tokens/rules";
import type { CreateTokenInput } from "@/lib/own-tokens/schema";
import { db } from "@/lib/platform/db/client";
import { setProjectDisabled } from "@/lib/projects/mutations";
import { setPassword } from "@/lib/users/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";

let mia: Actor;
let project: { id: string; slug: string };

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  project = await makeProject(db, [[mia, "member+"]]);
});

const create = (actor: Actor, change: Partial<CreateTokenInput> = {}) =>
  createOwnToken(actor, { name: "nightly", project: project.slug, scope: "read", expiresIn: "30", ...change });

async function made(actor: Actor, change: Partial<CreateTokenInput> = {}) {
  const outcome = await create(actor, change);
  if (!outcome.ok) throw new Error(outcome.message);
  const token = outcome.token.reveal();
  const row = await db.apiToken.findUniqueOrThrow({ where: { hash: Uint8Array.from(hashToken(token)) } });
  return { token, row };
}

const eventsOf = (actor: Actor) =>
  db.auditEvent.findMany({ where: { actorId: actor.userId }, orderBy: [{ at: "asc" }, { id: "asc" }] });

describe("a new token", () => {
  test("is of its person, its project and its scope, and the audit log tells of it without the token", async () => {
    const { token, row } = await made(mia);
    expect(isTokenText(token)).toBe(true);
    expect(row).toMatchObject({ userId: mia.userId, projectId: project.id, scope: "read", name: "nightly" });
    expect(await readTokenUser(token)).toMatchObject({
      userId: mia.userId,
      limits: { projectId: project.id, scope: "read" },
    });
    const events = await eventsOf(mia);
    expect(events).toMatchObject([
      {
        event: "token.created",
        projectId: project.id,
        data: { project: project.slug, scope: "read", name: "nightly" },
      },
    ]);
    expect(events.map(describeEvent).join()).toContain(`in the project ${project.slug}, to read only`);
    expect(JSON.stringify(events, (_key, value: unknown) => (typeof value === "bigint" ? "" : value))).not.toContain(
      token,
    );
  });

  test("is not made by a session that a new password ended in the meantime", async () => {
    const expiresAt = new Date(Date.now() + 60_000);
    const { id: sessionId } = await db.session.create({
      data: { userId: mia.userId, expiresAt, address: "192.0.2.1" },
    });
    const signedIn = { ...mia, sessionId };
    expect((await create(signedIn)).ok).toBe(true);
    await db.$transaction((tx) => setPassword(tx, { userId: null, name: "test" }, mia.email, "hash"));
    await expect(create(signedIn)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await db.apiToken.count({ where: { userId: mia.userId, revokedAt: null } })).toBe(0);
  });

  test("is refused to whoever has no such role in the project, and for a project that is not there", async () => {
    const stranger = await makeUser(db, `Stranger ${randomUUID()}`);
    const member = await makeUser(db, `Member ${randomUUID()}`);
    await db.membership.create({ data: { projectId: project.id, userId: member.userId, role: "member" } });
    const elsewhere = await makeProject(db, [[stranger, "admin"]]);
    for (const attempt of [
      () => create(stranger),
      () => create(member),
      () => create(mia, { project: elsewhere.slug }),
      () => create(mia, { project: "nowhere" }),
      () => create(mia, { project: null }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await db.$transaction((tx) => setProjectDisabled(tx, { userId: null, name: "test" }, project.slug, true));
    await expect(create(mia)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await db.apiToken.count({ where: { userId: { in: [mia.userId, stranger.userId, member.userId] } } })).toBe(
      0,
    );
  });

  test("works in every project only for a platform role", async () => {
    const sue = await makeUser(db, `Sue ${randomUUID()}`, { platformRole: "support" });
    const { row } = await made(sue, { project: null, scope: "write" });
    expect(row).toMatchObject({ projectId: null, scope: "write" });
    const { row: limited } = await made(sue);
    expect(limited.projectId).toBe(project.id);
  });

  test.each([
    ["a date that has passed", -60_000, "date-passed"],
    ["a date that is too far away", 367 * 24 * 60 * 60 * 1_000, "date-too-far"],
  ])("is refused for %s", async (_case, ms, reason) => {
    const expirationDate = new Date(Date.now() + ms).toISOString();
    expect(await create(mia, { expiresIn: "date", expirationDate })).toMatchObject({ ok: false, reason });
    expect(await db.apiToken.count({ where: { userId: mia.userId } })).toBe(0);
  });

  test("is refused beside as many as one person may have, also when several are asked for at once", async () => {
    const now = Date.now();
    const row = (index: number, expiresAt: number) => ({
      userId: mia.userId,
      name: `token ${index}`,
      hash: Uint8Array.from(hashToken(randomUUID())),
      expiresAt: new Date(expiresAt),
    });
    await db.apiToken.createMany({
      data: [
        ...Array.from({ length: TOKENS_MAX - 1 }, (_none, index) => row(index, now + 3_600_000)),
        row(TOKENS_MAX, now - 1),
      ],
    });
    const outcomes = await Promise.all([create(mia), create(mia), create(mia)]);
    expect(outcomes.map((outcome) => (outcome.ok ? "made" : outcome.reason)).sort()).toEqual([
      "made",
      "too-many",
      "too-many",
    ]);
    const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId, name: "token 0" } });
    await revokeOwnToken(mia, id);
    expect(await create(mia)).toMatchObject({ ok: true });
  });
});

describe("revoking", () => {
  test("ends an own token, once in the audit log", async () => {
    const { token, row } = await made(mia, { scope: "write" });
    await revokeOwnToken(mia, row.id);
    await revokeOwnToken(mia, row.id);
    expect(await readTokenUser(token)).toBeUndefined();
    const events = await eventsOf(mia);
    expect(events.map(({ event }) => event)).toEqual(["token.created", "token.revoked"]);
    expect(events[1]).toMatchObject({ projectId: project.id, data: { project: project.slug, scope: "write" } });
  });

  test("does not reach the token of somebody else", async () => {
    const { token, row } = await made(mia);
    const max = await makeUser(db, `Max ${randomUUID()}`, { platformRole: "platform-admin" });
    await expect(revokeOwnToken(max, row.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(revokeOwnToken(mia, randomUUID())).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await readTokenUser(token)).toBeDefined();
  });
});

test("the list has the own tokens only, newest first, page by page, each with its state", async () => {
  const other = await makeUser(db, `Other ${randomUUID()}`, { platformRole: "support" });
  await made(other);
  const { row: first } = await made(mia);
  await revokeOwnToken(mia, first.id);
  const day = 24 * 60 * 60 * 1_000;
  await db.apiToken.createMany({
    data: Array.from({ length: 60 }, (_none, index) => ({
      userId: mia.userId,
      name: `old ${index}`,
      hash: Uint8Array.from(hashToken(randomUUID())),
      createdAt: new Date(Date.now() - day - index),
      expiresAt: new Date(Date.now() - 1),
    })),
  });
  const page = await listOwnTokens(mia, {});
  expect(page.rows[0]).toMatchObject({
    name: "nightly",
    project: { slug: project.slug },
    scope: "read",
    state: "revoked",
  });
  expect(page.rows[1]).toMatchObject({ name: "old 0", project: null, scope: "write", state: "expired" });
  const rest = await listOwnTokens(mia, { cursor: page.next ?? "" });
  expect([page.rows.length, rest.rows.length, rest.next]).toEqual([50, 11, null]);
  expect(new Set([...page.rows, ...rest.rows].map(({ id }) => id)).size).toBe(61);
  expect(JSON.stringify(page)).not.toContain("hash");
  await expect(listOwnTokens(mia, { cursor: "nonsense" })).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("tokens are offered where the role allows them", async () => {
  const both = ["read", "write"];
  expect(await listTokenPlaces(mia)).toMatchObject([{ project: project.slug, scopes: both }]);
  const sue = await makeUser(db, `Sue ${randomUUID()}`, { platformRole: "support" });
  expect(await listTokenPlaces(sue)).toEqual([{ project: null, name: "All projects", scopes: both }]);
  const member = await makeUser(db, `Member ${randomUUID()}`);
  await makeProject(db, [[member, "member"]]);
  expect(await listTokenPlaces(member)).toEqual([]);
  const admin = await makeUser(db, `Admin ${randomUUID()}`);
  await makeProject(db, [[admin, "admin"]]);
  expect(await listTokenPlaces(admin)).toMatchObject([{ scopes: [...both, "manage"] }]);
  const may = (actor: Actor) => maySomewhere(actor, "tokens:own");
  expect([await may(mia), await may(sue), await may(member)]).toEqual([true, true, false]);
  await db.project.update({ where: { id: project.id }, data: { disabledAt: new Date() } });
  expect([await may(mia), await listTokenPlaces(mia)]).toEqual([false, []]);
});
