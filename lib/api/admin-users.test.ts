import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";

const api = createApi();
const PATH = "/admin/users";
const LINK = /^https?:\/\/[^/]+\/set-up#[A-Za-z0-9]{48}$/;

let ada: Actor;
let max: Actor;
let caller: ApiCaller;

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  await db.user.updateMany({ data: { platformRole: null } });
  ada = await makeUser(db, `Ada-${randomUUID()}`, { platformRole: "platform-admin" });
  max = await makeUser(db, `Max-${randomUUID()}`);
  caller = await makeCaller(db, api.request, ada, { scope: "manage" });
});

async function read(asked: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  return { ...((await reply.json()) as Record<string, unknown>), status: reply.status };
}
const readUser = (email: string) => db.user.findUnique({ where: { email } });

test("a user is added with a link, found, changed, reset, signed out, disabled and enabled", async () => {
  const typed = `New-${randomUUID()}@Example.TEST`;
  const email = typed.toLowerCase();
  const added = await caller.post(PATH, { email: typed, name: "Žofie 🔑", platformRole: "support" });
  expect(added.headers.get("cache-control")).toBe("no-store");
  const link = { email, setUpLink: expect.stringMatching(LINK), expirationDate: expect.any(String) };
  expect(await read(added)).toEqual({ status: 201, ...link });
  const find = () => read(caller.get(`${PATH}?search=${encodeURIComponent(typed.slice(0, 20))}`));
  const user = { email, name: "Žofie 🔑", platformRole: "support", creationDate: expect.any(String), projects: 0 };
  expect(await find()).toEqual({
    status: 200,
    users: [{ ...user, disabled: false, waitsForSetUp: true }],
    next: null,
  });
  const edit = { email: typed, name: "Zofie", platformRole: null, former: "support" };
  expect(await read(caller.patch(PATH, edit))).toMatchObject({ status: 200, outcome: "done" });
  expect(await read(caller.patch(PATH, edit))).toMatchObject({ status: 200, outcome: "already-done" });
  expect(await read(caller.post(`${PATH}/reset-password`, { email }))).toEqual({ status: 200, ...link });
  for (const change of ["end-sessions", "disable", "enable"]) {
    expect(await read(caller.post(`${PATH}/${change}`, { email })), change).toMatchObject({ outcome: "done" });
  }
  const events = await db.auditEvent.findMany({
    where: { actorId: ada.userId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  expect(events.map(({ event }) => event)).toEqual([
    ...["user.created", "user.invited", "user.changed", "user.password-reset"],
    ...["user.sessions-ended", "user.disabled", "user.enabled"],
  ]);
});

test("what does not fit is refused with a sentence, and nothing changes", async () => {
  const before = await db.user.findMany({ orderBy: { id: "asc" } });
  const { email } = max;
  const hidden = "\u200b\u202e\u2060";
  const refusals = [
    [caller.post(PATH, { email: email.toUpperCase(), name: "Max" }), 409, "email-taken"],
    [caller.post(PATH, { email: "nobody", name: "Max" }), 400, undefined],
    [caller.post(PATH, { email: "a@example.test", name: hidden }), 400, undefined],
    [caller.post(PATH, { email: "a@example.test", name: "A", platformRole: "admin" }), 400, undefined],
    [caller.post(PATH, { email: "a@example.test", name: "A", password: "x" }), 400, undefined],
    [caller.patch(PATH, { email }), 409, "nothing-given"],
    [caller.patch(PATH, { email, name: "a\u0000b" }), 400, undefined],
    [caller.patch(PATH, { email, platformRole: "support", former: "platform-admin" }), 409, "changed-meanwhile"],
    [caller.patch(PATH, { email: ada.email, platformRole: null }), 409, "last-admin"],
    [caller.post(`${PATH}/disable`, { email: ada.email }), 409, "last-admin"],
    [caller.post(`${PATH}/reset-password`, { email: ada.email }), 409, "own-password"],
    [caller.post(`${PATH}/enable`, { email: "nobody@example.test" }), 409, "unknown-user"],
    [caller.post(`${PATH}/end-sessions`, {}), 400, undefined],
    [caller.get(`${PATH}?cursor=nonsense`), 400, undefined],
    [caller.get(`${PATH}?search=${encodeURIComponent("a\u0000b")}`), 400, undefined],
  ] as const;
  for (const [asked, status, reason] of refusals) {
    const reply = await read(asked);
    expect([reply.status, reply.reason], String(reply.detail)).toEqual([status, reason]);
    expect(String(reply.detail).toLowerCase()).toContain("nothing was changed");
  }
  expect(await db.user.findMany({ orderBy: { id: "asc" } })).toEqual(before);
  expect(await db.setUpLink.count({ where: { userId: max.userId } })).toBe(0);
});

test("nobody but a platform admin finds anything here, and a token needs the scope manage", async () => {
  const sue = await makeUser(db, `Sue-${randomUUID()}`, { platformRole: "support" });
  const email = `x-${randomUUID()}@example.test`;
  const attempts = (by: ApiCaller) => [
    by.post(PATH, { email, name: "X", platformRole: "platform-admin" }),
    by.patch(PATH, { email: max.email, platformRole: "support" }),
    ...["reset-password", "end-sessions", "disable"].map((change) =>
      by.post(`${PATH}/${change}`, { email: max.email }),
    ),
  ];
  const statuses = async (by: ApiCaller) => (await Promise.all(attempts(by))).map(({ status }) => status);
  for (const person of [max, sue]) {
    const other = await makeCaller(db, api.request, person, { scope: "manage" });
    expect(await statuses(other)).toEqual([404, 404, 404, 404, 404]);
    expect((await other.get(PATH)).status).toBe(404);
  }
  for (const scope of ["read", "write"] as const) {
    const narrow = await makeCaller(db, api.request, ada, { scope });
    expect(await statuses(narrow)).toEqual([403, 403, 403, 403, 403]);
    expect((await narrow.get(PATH)).status).toBe(200);
  }
  expect(await readUser(email)).toBeNull();
  expect(await readUser(max.email)).toMatchObject({ platformRole: null, disabledAt: null });
});
