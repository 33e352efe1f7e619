import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";

const api = createApi();

let ada: Actor;
let mia: Actor;
let max: Actor;
let slug: string;
let path: string;
let caller: ApiCaller;

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  ada = await makeUser(db, `Ada-${randomUUID()}`);
  mia = await makeUser(db, `Mia-${randomUUID()}`);
  max = await makeUser(db, `Max-${randomUUID()}`);
  ({ slug } = await makeProject(db, [
    [ada, "admin"],
    [mia, "member+"],
  ]));
  path = `/projects/${slug}/members`;
  caller = await makeCaller(db, api.request, ada);
});

async function read(asked: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  return { ...((await reply.json()) as Record<string, unknown>), status: reply.status };
}
const rolesNow = async () => {
  const rows = await db.membership.findMany({ where: { project: { slug } }, include: { user: true } });
  return Object.fromEntries(rows.map(({ role, user }) => [user.email, role]));
};

test("a project admin lists, adds, changes and removes members; the same again changes nothing", async () => {
  const email = max.email.toUpperCase();
  const add = () => read(caller.post(path, { email, role: "member" }));
  expect(await add()).toMatchObject({ status: 200, outcome: "done" });
  expect(await add()).toMatchObject({ status: 200, outcome: "already-done" });
  expect(await rolesNow()).toMatchObject({ [max.email]: "member" });
  const listed = await read(caller.get(`${path}?search=${encodeURIComponent(max.email)}`));
  expect(listed).toEqual({
    status: 200,
    members: [{ email: max.email, name: max.name, role: "member", since: expect.any(String), disabled: false }],
    next: null,
  });
  expect(await read(caller.patch(path, { email, role: "admin" }))).toMatchObject({ status: 200, outcome: "done" });
  expect(await rolesNow()).toMatchObject({ [max.email]: "admin" });
  expect(await read(caller.post(`${path}/remove`, { email }))).toMatchObject({ status: 200, outcome: "done" });
  expect(await rolesNow()).toEqual({ [ada.email]: "admin", [mia.email]: "member+" });
  const events = await db.auditEvent.findMany({
    where: { actorId: ada.userId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  expect(events.map(({ event }) => event)).toEqual(["member.added", "member.role-changed", "member.removed"]);
  expect(events.every(({ via }) => via?.startsWith("token:"))).toBe(true);
});

test("every refusal has its status, its reason and a sentence, and changes nothing", async () => {
  const before = await rolesNow();
  const refusals = [
    [caller.post(path, { email: "nobody@example.test", role: "member" }), 409, "unknown-account"],
    [caller.post(path, { email: mia.email, role: "admin" }), 409, "already-member"],
    [caller.patch(path, { email: max.email, role: "admin" }), 409, "not-a-member"],
    [caller.patch(path, { email: mia.email, role: "admin", former: "member" }), 409, "changed-meanwhile"],
    [caller.patch(path, { email: ada.email, role: "member" }), 409, "last-admin"],
    [caller.post(`${path}/remove`, { email: ada.email }), 409, "last-admin"],
    [caller.post(path, { email: "ada\u200b@example.test", role: "member" }), 400, undefined],
    [caller.post(path, { email: max.email, role: "owner" }), 400, undefined],
    [caller.post(path, { email: max.email, role: "member", platformRole: "support" }), 400, undefined],
    [caller.post(`${path}/remove`, {}), 400, undefined],
    [caller.get(`${path}?cursor=nonsense`), 400, undefined],
    [caller.get(`${path}?search=${encodeURIComponent("a\u0000b")}`), 400, undefined],
  ] as const;
  for (const [asked, status, reason] of refusals) {
    const reply = await read(asked);
    expect([reply.status, reply.reason], String(reply.detail)).toEqual([status, reason]);
    expect(String(reply.detail).toLowerCase()).toContain("nothing was changed");
  }
  expect(await rolesNow()).toEqual(before);
});

test("members and support staff find nothing here, and a token that may only read lists and changes nothing", async () => {
  const before = await rolesNow();
  const sue = await makeUser(db, `Sue-${randomUUID()}`, { platformRole: "support" });
  for (const person of [mia, max, sue]) {
    const other = await makeCaller(db, api.request, person);
    expect((await other.get(path)).status).toBe(404);
    expect((await other.post(path, { email: max.email, role: "admin" })).status).toBe(404);
    expect((await other.patch(path, { email: mia.email, role: "admin" })).status).toBe(404);
    expect((await other.post(`${path}/remove`, { email: ada.email })).status).toBe(404);
  }
  const reader = await makeCaller(db, api.request, ada, { scope: "read" });
  expect((await reader.get(path)).status).toBe(200);
  expect((await reader.post(path, { email: max.email, role: "member" })).status).toBe(403);
  expect((await reader.post(`${path}/remove`, { email: mia.email })).status).toBe(403);
  expect(await rolesNow()).toEqual(before);
});

test("a platform admin who adds themself joins", async () => {
  const pat = await makeUser(db, `Pat-${randomUUID()}`, { platformRole: "platform-admin" });
  const other = await makeCaller(db, api.request, pat);
  expect(await read(other.post(path, { email: pat.email, role: "member+" }))).toMatchObject({ outcome: "done" });
  expect(await db.join.count({ where: { userId: pat.userId, project: { slug } } })).toBe(1);
  expect(await db.auditEvent.findFirst({ where: { actorId: pat.userId } })).toMatchObject({ event: "member.joined" });
});
