import { readdirSync, readFileSync } from "node:fs";
import { encode } from "next-auth/jwt";
import { beforeAll, describe, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { sessionCookieName } from "@/lib/gate/cookies";
import { consumeRateLimit, PAGE_REFUSALS } from "@/lib/gate/rate-limit";
import { auditPageRefusal } from "@/lib/gate/refusals";
import { type Actor, authorizePlatform, authorizeProject } from "@/lib/gate/scope";
import { readActor } from "@/lib/gate/session";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { endSession, startSession } from "@/lib/sessions/mutations";
import { setUserDisabled } from "@/lib/users/mutations";
import { makeProject, makeUser } from "@/testing/factories/people";

const PASSWORD = "correct horse battery";
const BY = { userId: null, name: "test" };

let mia: Actor;
let stranger: Actor;
let sam: Actor;
let slug: string;

beforeAll(async () => {
  await startTestDatabase();
  mia = await makeUser(db, "Mia", { password: PASSWORD });
  stranger = await makeUser(db, "Stranger");
  sam = await makeUser(db, "Sam", { platformRole: "support" });
  slug = (await makeProject(db, [[mia, "member"]])).slug;
});

async function signIn(actor: Actor): Promise<string> {
  const attempt = { email: actor.email.toUpperCase(), password: PASSWORD, address: "192.0.2.1", userAgent: "test" };
  const session = await startSession(attempt);
  if (!session) throw new Error("could not sign in");
  return session.sessionId;
}

async function readAs(
  claims: Record<string, unknown> | undefined,
  cookie = sessionCookieName(false),
): Promise<Actor | undefined> {
  const token = claims && (await encode({ token: claims, secret: env.LATCHKEY_SESSION_SECRET }));
  const request = { cookie: (name: string) => (name === cookie ? token : undefined), header: () => null };
  return readActor(request, { activity: false });
}

describe("who are you", () => {
  test("a session's id in the cookie is looked up in the database", async () => {
    const sid = await signIn(mia);
    expect(await readAs({ sid })).toMatchObject({
      userId: mia.userId,
      email: mia.email,
      via: `session:${sid}`,
    });
    const started = await db.auditEvent.findFirst({ where: { event: "session.started", via: `session:${sid}` } });
    expect(started).toMatchObject({ actorId: mia.userId, address: "192.0.2.1" });
  });

  test.each([
    ["no cookie", undefined],
    ["a token without a session", {}],
    ["a session that never was", { sid: "00000000-0000-4000-8000-000000000000" }],
  ])("%s is nobody", async (_name, claims) => {
    expect(await readAs(claims)).toBeUndefined();
  });

  test("a token signed with another key is nobody", async () => {
    const token = await encode({ token: { sid: await signIn(mia) }, secret: "x".repeat(40) });
    expect(await readActor({ cookie: () => token, header: () => null }, { activity: false })).toBeUndefined();
  });

  test("signing out ends it on the server", async () => {
    const sid = await signIn(mia);
    await endSession(sid, "192.0.2.5");
    await endSession(sid, "192.0.2.6");
    expect(await readAs({ sid })).toBeUndefined();
    const ended = await db.auditEvent.findMany({ where: { event: "session.ended", actorId: mia.userId } });
    expect(ended.map(({ address }) => address)).toEqual(["192.0.2.5"]);
  });

  test("30 idle minutes and the 12th hour end it, and polling does not keep it alive", async () => {
    const idle = await signIn(mia);
    await db.session.update({ where: { id: idle }, data: { lastSeenAt: new Date(Date.now() - 29 * 60_000) } });
    expect(await readAs({ sid: idle })).toBeDefined();
    const { lastSeenAt } = await db.session.findUniqueOrThrow({ where: { id: idle } });
    expect(Date.now() - lastSeenAt.getTime()).toBeGreaterThan(28 * 60_000);
    await db.session.update({ where: { id: idle }, data: { lastSeenAt: new Date(Date.now() - 31 * 60_000) } });
    expect(await readAs({ sid: idle })).toBeUndefined();
    const old = await signIn(mia);
    await db.session.update({ where: { id: old }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await readAs({ sid: old })).toBeUndefined();
  });

  test("a disabled person is nobody from the next request on, and cannot sign in", async () => {
    const max = await makeUser(db, "Max", { password: PASSWORD });
    const sid = await signIn(max);
    await db.$transaction((tx) => setUserDisabled(tx, BY, max.email, true));
    expect(await readAs({ sid })).toBeUndefined();
    await expect(signIn(max)).rejects.toThrow("could not sign in");
  });

  test("a wrong password and an unknown e-mail are refused alike, and audited", async () => {
    const attempt = { password: "wrong", address: "192.0.2.7", userAgent: undefined };
    expect(await startSession({ ...attempt, email: mia.email })).toBeUndefined();
    expect(await startSession({ ...attempt, email: "nobody@example.test" })).toBeUndefined();
    expect(await db.auditEvent.count({ where: { event: "session.refused", address: "192.0.2.7" } })).toBe(2);
  });
});

describe("may you", () => {
  test("a role that changes counts from the next call on", async () => {
    await expect(authorizeProject(mia, slug, "keys:read")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { projectId } = await authorizeProject(mia, slug, "storage:read");
    const where = { projectId_userId: { projectId, userId: mia.userId } };
    await db.membership.update({ where, data: { role: "member+" } });
    expect((await authorizeProject(mia, slug, "keys:issue")).roles).toEqual(["member+"]);
    await db.membership.delete({ where });
    await expect(authorizeProject(mia, slug, "storage:read")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("another project, one that is not, and a disabled one are all not there", async () => {
    const owner = await makeUser(db, "Olga");
    const { slug } = await makeProject(db, [[owner, "admin"]]);
    await expect(authorizeProject(stranger, slug, "storage:read")).rejects.toMatchObject({ code: "NOT_FOUND" });
    for (const odd of ["no-such", "", "%00", "a\u0000b", "x".repeat(100)]) {
      await expect(authorizeProject(stranger, odd, "storage:read")).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await db.project.update({ where: { slug }, data: { disabledAt: new Date() } });
    await expect(authorizeProject(owner, slug, "storage:read")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await authorizeProject(sam, slug, "keys:disable")).roles).toEqual(["support"]);
  });

  test("support finds keys, manages nothing, and issues nothing", async () => {
    expect(() => authorizePlatform(sam, "keys:find")).not.toThrow();
    expect(() => authorizePlatform(sam, "installation:manage")).toThrow();
    expect(() => authorizePlatform(mia, "keys:find")).toThrow();
    await expect(authorizeProject(sam, slug, "keys:issue")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a refused page leaves a line, and a hundred of them leave no more than the limit", async () => {
    const visitor = { ...stranger, address: "192.0.2.8", via: "session:1" };
    await auditPageRefusal(visitor, "keys:find");
    await auditPageRefusal(visitor, "keys:read", slug);
    await auditPageRefusal(visitor, "keys:read", "%00".repeat(100));
    const where = { event: "page.refused", actorId: stranger.userId };
    const lines = await db.auditEvent.findMany({ where, orderBy: [{ at: "asc" }, { id: "asc" }] });
    expect(lines.map(({ data }) => data)).toEqual([
      { permission: "keys:find" },
      { permission: "keys:read", project: slug },
      { permission: "keys:read" },
    ]);
    expect(lines[0]).toMatchObject({ outcome: "refused", address: "192.0.2.8", via: "session:1" });
    for (let turn = 0; turn < 100; turn += 1) await auditPageRefusal(visitor, "keys:find");
    expect(await db.auditEvent.count({ where })).toBe(PAGE_REFUSALS.points);
  });

  test("every action passes the gate with a scope", () => {
    const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith("actions.ts"),
    );
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const text = readFileSync(`lib/${file}`, "utf8");
      const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
      const actions = count(/^export const /gm);
      expect(count(/^export /gm), file).toBe(actions);
      const forStrangers = file === "set-up-links/actions.ts";
      const client = forStrangers ? /^export const \w+ = strangerClient$/gm : /^export const \w+ = actionClient$/gm;
      expect(count(client), file).toBe(actions);
      expect(count(/\.inputSchema\(/g), file).toBe(actions);
      expect(count(/\.outputSchema\(/g), file).toBe(actions);
      const scoped = count(/\.useValidated\(in(Project|Installation|OwnAccount|OwnAccountWithPermission)\(\)\)/g);
      expect(scoped, file).toBe(forStrangers ? 0 : actions);
    }
  });
});

describe("how often", () => {
  test("the limit holds, counts each person alone, and says when to come back", async () => {
    const limit = { points: 3, seconds: 60 };
    for (let attempt = 0; attempt < 3; attempt += 1) await consumeRateLimit("test-limit", limit, "a");
    await expect(consumeRateLimit("test-limit", limit, "a")).rejects.toMatchObject({ code: "RATE_LIMITED" });
    const error: unknown = await consumeRateLimit("test-limit", limit, "a").catch((reason: unknown) => reason);
    expect(error).toHaveProperty("retryAfterSeconds", expect.any(Number));
    await consumeRateLimit("test-limit", limit, "b");
  });

  test("twenty at once are all counted", async () => {
    const limit = { points: 5, seconds: 60 };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => consumeRateLimit("burst", limit, "a")));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(5);
  });
});

test("the audit log cannot be changed, not even by us", async () => {
  await expect(db.auditEvent.updateMany({ data: { event: "x" } })).rejects.toThrow(/append-only/);
  await expect(db.auditEvent.deleteMany()).rejects.toThrow(/append-only/);
});
