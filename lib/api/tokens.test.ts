import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import type { Actor } from "@/lib/gate/scope";
import { SIGN_IN_ACCOUNT } from "@/lib/gate/rate-limit";
import { db } from "@/lib/platform/db/client";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";

const PASSWORD = randomUUID();
const api = createApi();
let mia: Actor;
let slug: string;

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  mia = await makeUser(db, `Mia ${randomUUID()}`, { password: PASSWORD });
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
});

function ask(wish: object): Response | Promise<Response> {
  const body = JSON.stringify({ email: mia.email, password: PASSWORD, name: "laptop", ...wish });
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    [CLIENT_ADDRESS_HEADER]: "192.0.2.1",
  };
  return api.request("/api/v1/tokens", { method: "POST", headers, body });
}

async function read(reply: Response | Promise<Response>): Promise<{ status: number } & Record<string, unknown>> {
  const { status } = await reply;
  return { ...((await (await reply).json()) as object), status };
}

const callWith = (token: unknown, path: string, method = "GET") =>
  api.request(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${String(token)}`, "content-length": "0" },
  });

describe("a token for a password", () => {
  test("works in the only project, tells what it may do, and leaves no session that holds", async () => {
    const made = await read(ask({}));
    expect(made).toMatchObject({ status: 201, project: slug, scope: "write" });
    expect(await read(callWith(made.token, "/account"))).toEqual({
      status: 200,
      name: mia.name,
      email: mia.email,
      platformRole: null,
      token: { name: "laptop", project: slug, scope: "write", expirationDate: made.expirationDate },
    });
    expect(await db.session.count({ where: { userId: mia.userId, revokedAt: null } })).toBe(0);
    const events = await db.auditEvent.findMany({ where: { actorId: mia.userId }, orderBy: { id: "asc" } });
    expect(events.map(({ event }) => event)).toEqual(["session.started", "token.created", "session.ended"]);
    const kept = JSON.stringify(events, (_key, value: unknown) => (typeof value === "bigint" ? "" : value));
    expect(kept).not.toContain(PASSWORD);
    expect(kept).not.toContain(String(made.token));
  });

  test("revokes itself", async () => {
    const { token } = await read(ask({ scope: "read" }));
    expect(await read(callWith(token, "/account/revoke-token", "POST"))).toEqual({ status: 200, outcome: "done" });
    expect(await read(callWith(token, "/account"))).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });

  test("needs a project where there are several, and the refusal names them", async () => {
    const other = await makeProject(db, [[mia, "admin"]]);
    const refused = await read(ask({}));
    expect(refused).toMatchObject({ status: 400, code: "BAD_INPUT" });
    expect(refused.detail).toContain(slug);
    expect(refused.detail).toContain(other.slug);
    expect(await read(ask({ project: other.slug }))).toMatchObject({ status: 201, project: other.slug });
    expect(await db.session.count({ where: { userId: mia.userId, revokedAt: null } })).toBe(0);
  });

  test("is refused for a wrong password and an unknown person alike, and the limit of the sign-in page holds", async () => {
    const wrong = await read(ask({ password: "a guess" }));
    expect(wrong).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(await read(ask({ email: "nobody@example.test" }))).toEqual(wrong);
    for (let turn = 1; turn < SIGN_IN_ACCOUNT.points; turn += 1) await ask({ password: "a guess" });
    expect(await read(ask({}))).toMatchObject({ status: 429, code: "RATE_LIMITED" });
    expect(await db.apiToken.count({ where: { userId: mia.userId } })).toBe(0);
  });

  test("is refused for a project of others, for a member who may have none, and without a project", async () => {
    const noa = await makeUser(db, `Noa ${randomUUID()}`, { password: PASSWORD });
    const elsewhere = await makeProject(db, [[noa, "member"]]);
    expect(await read(ask({ project: elsewhere.slug }))).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(await read(ask({ email: noa.email }))).toMatchObject({ status: 400, code: "BAD_INPUT" });
    expect(await read(ask({ email: noa.email, project: elsewhere.slug }))).toMatchObject({ status: 404 });
    expect(await read(ask({ project: null }))).toMatchObject({ status: 404 });
  });

  test.each([
    ["an unknown field", { admin: true }],
    ["a lifetime without end", { expiresInDays: 10_000 }],
    ["a scope that there is none of", { scope: "everything" }],
    ["an empty name", { name: "" }],
  ])("is refused for %s, before the password is looked at", async (_case, wish) => {
    expect(await read(ask({ ...wish, password: "a guess" }))).toMatchObject({ status: 400, code: "BAD_INPUT" });
  });
});

test("the account needs a token, and shows the one that is used", async () => {
  const caller = await makeCaller(db, api.request, mia, { project: slug, scope: "read" });
  expect(await read(caller.get("/account"))).toMatchObject({ status: 200, token: { project: slug, scope: "read" } });
  expect((await callWith("lkt_nonsense", "/account")).status).toBe(401);
});
