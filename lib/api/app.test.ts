import { randomUUID } from "node:crypto";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createToken, revokeToken } from "@/lib/api-tokens/mutations";
import { createApi } from "@/lib/api/app";
import { startTestDatabase } from "@/testing/database/test-database";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import type { Actor } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
let storage: Storage;
let mia: Actor;
let token: string;
let place: string;
let slug: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
  place = `/api/v1/projects/${slug}/regions/north`;
  token = await makeToken(mia);
});

async function makeToken(user: Actor, expiresAt = new Date(Date.now() + 60_000)): Promise<string> {
  return (
    await db.$transaction((tx) => createToken(tx, SYSTEM_ACTOR, { email: user.email, name: "a script", expiresAt }))
  ).token.reveal();
}

const post = (path: string, content: object | string, bearer: string | undefined = token) =>
  send("POST", path, content, bearer);
const patch = (content: object) => send("PATCH", place, content, token);
const send = (method: string, path: string, content: object | string, bearer: string | undefined) => {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return api.request(path, {
    method,
    headers: { ...headers, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
    body,
  });
};
const get = (path: string, bearer = token) => api.request(path, { headers: { authorization: `Bearer ${bearer}` } });
const enable = (requestId = randomUUID()) => post(`${place}/enable`, { requestId });
const regenerate = (requestId = randomUUID()) => post(`${place}/regenerate`, { requestId, confirm: "confirm" });
const disable = (requestId = randomUUID()) => post(`${place}/disable`, { requestId, confirm: "confirm" });

interface Pair {
  accessKeyId: string;
  secretKey: string;
  endpoint: string;
  revoking: number;
}
async function pairOf(reply: Response | Promise<Response>): Promise<Pair> {
  const answer = await reply;
  expect(answer.status).toBe(201);
  return (await answer.json()) as Pair;
}
function ask({ accessKeyId, secretKey, endpoint }: Pair): Promise<string> {
  const context = { signal: AbortSignal.timeout(5_000), requestId: randomUUID() };
  return probeS3({ name: "north", endpoint }, "north-1", accessKeyId, new Secret(secretKey), context);
}
async function errorOf(reply: Response): Promise<object> {
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
  const problem = (await reply.json()) as { status: number };
  expect(problem.status).toBe(reply.status);
  return problem;
}
const eventsOf = async (user: Actor) =>
  (await db.auditEvent.findMany({ where: { actorId: user.userId }, orderBy: [{ at: "asc" }, { id: "asc" }] })).map(
    ({ event }) => event,
  );

describe("with a token", () => {
  test("enable, regenerate and disable give pairs that work for as long as they should", async () => {
    const first = await pairOf(enable());
    expect(await ask(first)).toBe("accepted");
    const reply = await regenerate();
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const second = await pairOf(reply);
    expect(second.revoking).toBe(1);
    expect(await ask(second)).toBe("accepted");
    await expect.poll(() => ask(first)).toBe("refused-unknown");
    // A disable takes the lease from a removal in progress, which the worker would then finish.
    const removedAt = async ({ accessKeyId }: Pair) =>
      (await db.accessKey.findUniqueOrThrow({ where: { accessKeyId } })).removedAt;
    await expect.poll(() => removedAt(first)).toBeInstanceOf(Date);
    const ended = await disable();
    expect([ended.status, await ended.json()]).toMatchObject([
      202,
      { outcome: "revoking", accessKeyIds: [second.accessKeyId] },
    ]);
    await expect.poll(() => ask(second)).toBe("refused-unknown");
    await expect.poll(async () => ((await (await get(place)).json()) as { state: string }).state).toBe("DISABLED");
    expect(await eventsOf(mia)).toEqual([
      "key.requested",
      "key.committed",
      "key.requested",
      "key.revoking",
      "key.committed",
      "key.revoking",
    ]);
    const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId } });
    const named = { actorId: mia.userId, via: `token:${id}` };
    expect(await db.auditEvent.count({ where: named })).toBe(6);
  });

  test("the same request twice is one change, and the second answer has no secret", async () => {
    const requestId = randomUUID();
    const { accessKeyId } = await pairOf(enable(requestId));
    const again = await enable(requestId);
    expect([again.status, await again.json()]).toMatchObject([200, { outcome: "already-done" }]);
    expect(await storage.readKeyIds("north", await principalOf(slug))).toEqual([accessKeyId]);
  });

  test("of several at once each gets a pair or is told who was first, and one pair works in the end", async () => {
    await pairOf(enable());
    const replies = await Promise.all(Array.from({ length: 5 }, () => regenerate()));
    const lost = await Promise.all(replies.filter(({ status }) => status !== 201).map(errorOf));
    const pairs = await Promise.all(replies.filter(({ status }) => status === 201).map(pairOf));
    expect(lost.length).toBeGreaterThan(0);
    for (const error of lost)
      expect(error).toMatchObject({ status: 409, reason: "busy", detail: expect.stringContaining(mia.name) });
    const readIds = async () => storage.readKeyIds("north", await principalOf(slug));
    await expect.poll(async () => (await readIds()).length).toBe(1);
    const [current] = await readIds();
    for (const pair of pairs)
      expect(await ask(pair)).toBe(pair.accessKeyId === current ? "accepted" : "refused-unknown");
  });

  test("the list has every region, and no secret", async () => {
    const { accessKeyId, secretKey } = await pairOf(enable());
    const text = await (await get(`/api/v1/projects/${slug}/regions`)).text();
    expect(text).toContain(accessKeyId);
    expect(text).not.toContain(secretKey);
  });

  test("a date, switching off and on, and no date again", async () => {
    const date = "2063-04-05";
    const made = await post(`${place}/enable`, { requestId: randomUUID(), expirationDate: date });
    const pair = (await made.json()) as Pair & { expirationDate: string };
    expect([made.status, pair.expirationDate]).toEqual([201, "2063-04-05T00:00:00.000Z"]);
    const change = (fields: object) => patch({ requestId: randomUUID(), ...fields });
    const card = async () => (await (await get(place)).json()) as { state: string; key: { expiresAt: string | null } };
    expect((await change({ state: "INACTIVE" })).status).toBe(200);
    expect(await card()).toMatchObject({ state: "INACTIVE", key: { expiresAt: pair.expirationDate } });
    expect(await ask(pair)).not.toBe("accepted");
    expect((await change({ expirationDate: null })).status).toBe(200);
    expect(await card()).toMatchObject({ state: "INACTIVE", key: { expiresAt: null } });
    expect((await change({ state: "ACTIVE" })).status).toBe(200);
    expect(await ask(pair)).toBe("accepted");
    expect(await errorOf(await change({ state: "ACTIVE" }))).toMatchObject({ status: 409, reason: "not-inactive" });
    expect(await errorOf(await change({ expirationDate: "2020-01-01" }))).toMatchObject({ reason: "date-too-early" });
    for (const fields of [{}, { state: "ACTIVE", expirationDate: null }, { state: "EXPIRED" }])
      expect(await errorOf(await change(fields))).toMatchObject({ status: 400, code: "BAD_INPUT" });
  });

  test("an overlap, kept for longer, and ended", async () => {
    const old = await pairOf(enable());
    const overlap = { confirm: "confirm", overlapSeconds: 3_600 };
    const made = await post(`${place}/regenerate`, { requestId: randomUUID(), ...overlap });
    expect(await pairOf(made)).toMatchObject({ revoking: 0 });
    expect(await ask(old)).toBe("accepted");
    const keep = (overlapSeconds: number) => post(`${place}/keep-longer`, { requestId: randomUUID(), overlapSeconds });
    expect((await keep(86_400)).status).toBe(200);
    expect(await errorOf(await keep(86_401))).toMatchObject({ status: 400, code: "BAD_INPUT" });
    const retire = () => post(`${place}/retire`, { requestId: randomUUID() });
    expect((await retire()).status).toBe(200);
    await expect.poll(() => ask(old)).toBe("refused-unknown");
    expect(await errorOf(await retire())).toMatchObject({ status: 409, reason: "not-retiring" });
  });

  test("what the storage system did not do is told as that, and nothing is left of it", async () => {
    const injected = storage.admin.inject({
      match: (method, path) => method === "PUT" && path.includes("/keys/"),
      when: "before",
      what: "error",
    });
    expect(await errorOf(await enable())).toMatchObject({ status: 502, code: "STORAGE", reason: "storage-failed" });
    injected.release();
    expect(await storage.readKeyIds("north", await principalOf(slug))).toEqual([]);
    await pairOf(enable());
  });
});

describe("refused", () => {
  test("without a token that stands for somebody", async () => {
    const over = await makeToken(mia, new Date(Date.now() - 1));
    const gone = await makeToken(mia);
    const { id } = await db.apiToken.findFirstOrThrow({ where: { user: { id: mia.userId } }, orderBy: { id: "desc" } });
    await db.$transaction((tx) => revokeToken(tx, SYSTEM_ACTOR, id));
    for (const bearer of ["", "nonsense", `lkt_${"a".repeat(48)}`, `lkt_${"a".repeat(54)}`, over, gone]) {
      const reply = await post(`${place}/enable`, { requestId: randomUUID() }, bearer);
      expect(reply.headers.get("www-authenticate")).toBe("Bearer");
      expect(await errorOf(reply)).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    }
    await db.user.update({ where: { id: mia.userId }, data: { disabledAt: new Date() } });
    expect((await enable()).status).toBe(401);
    expect(await db.accessKey.count({ where: { project: { slug } } })).toBe(0);
  });

  test("whatever the operation, before its input is looked at", async () => {
    const operations = api.routes.filter(({ path }) => path.startsWith("/api/v1/projects/"));
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(20);
    const max = await makeUser(db, `Max ${randomUUID()}`);
    const others = { authorization: `Bearer ${await makeToken(max)}` };
    for (const { method, path } of operations) {
      // Each of them guesses a token.
      await db.rateLimit.deleteMany();
      const at = path.replace(":project", slug).replace(":region", "north").replace(":accessKeyId", "LK0");
      expect([path, (await api.request(at, { method })).status]).toEqual([path, 401]);
      expect([path, (await api.request(at, { method, headers: others })).status]).toEqual([path, 404]);
    }
    expect((await get("/api/v1/projects/%00/regions")).status).toBe(404);
  });

  test("another project, a project that is not there, and what a role may not: all 404, and audited", async () => {
    const max = await makeUser(db, `Max ${randomUUID()}`);
    const other = await makeProject(db, [[max, "admin"]]);
    await db.membership.create({
      data: {
        userId: max.userId,
        projectId: (await db.project.findUniqueOrThrow({ where: { slug } })).id,
        role: "member",
      },
    });
    expect(
      (await post(`/api/v1/projects/${other.slug}/regions/north/enable`, { requestId: randomUUID() })).status,
    ).toBe(404);
    expect((await get("/api/v1/projects/nowhere/regions")).status).toBe(404);
    token = await makeToken(max);
    for (const reply of [await enable(), await regenerate(), await disable(), await get(place)]) {
      expect(await errorOf(reply)).toMatchObject({ status: 404, code: "NOT_FOUND" });
    }
    expect(await eventsOf(max)).toEqual(Array(4).fill("action.refused"));
    const support = await makeUser(db, `Sue ${randomUUID()}`, { platformRole: "support" });
    token = await makeToken(support);
    expect((await enable()).status).toBe(404);
    expect(await errorOf(await disable())).toMatchObject({ status: 400, reason: "reason-required" });
  });

  test.each<[string, string, object | string, RegExp, string?]>([
    ["an unknown field", "enable", { requestId: randomUUID(), extra: 1 }, /extra/],
    ["no request id", "enable", {}, /requestId/],
    ["no JSON", "enable", "{", /not JSON/],
    [
      "a body that is too long",
      "enable",
      JSON.stringify({ requestId: "x".repeat(65_536) }),
      /longer than 65536 bytes/,
      "BODY_TOO_LONG",
    ],
    ["another word than confirm", "regenerate", { requestId: randomUUID(), confirm: "yes" }, /confirm/],
    ["a disable without the word", "disable", { requestId: randomUUID() }, /confirm/],
  ])("%s, and nothing is changed", async (_case, verb, body, message, code = "BAD_INPUT") => {
    expect(await errorOf(await post(`${place}/${verb}`, body))).toMatchObject({
      code,
      detail: expect.stringMatching(message),
    });
    expect(await db.accessKey.count({ where: { project: { slug } } })).toBe(0);
    expect(await eventsOf(mia)).toEqual(["action.refused"]);
    const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId } });
    expect(await db.auditEvent.count({ where: { actorId: mia.userId, via: `token:${id}` } })).toBe(1);
  });

  test("a region that is not there, and what is not enabled", async () => {
    expect((await get(`/api/v1/projects/${slug}/regions/nowhere`)).status).toBe(404);
    expect(await errorOf(await regenerate())).toMatchObject({ status: 409, reason: "not-enabled" });
  });

  test("more changes than the limit, which the portal's actions share", async () => {
    const replies: Response[] = [];
    for (let index = 0; index < 21; index += 1) replies.push(await regenerate());
    expect(replies.map(({ status }) => status)).toEqual([...Array(20).fill(409), 429]);
    const told = (name: string) => replies.map(({ headers }) => headers.get(name));
    expect(told("ratelimit-limit")).toEqual(Array(21).fill("20"));
    expect(told("ratelimit-remaining")).toEqual([...Array.from({ length: 20 }, (_none, turn) => `${19 - turn}`), "0"]);
    for (const seconds of told("ratelimit-reset")) expect(Number(seconds)).toBeLessThanOrEqual(60);
    expect(told("retry-after")).toEqual([...Array(20).fill(null), expect.stringMatching(/^\d+$/)]);
    expect((await post(`${place}/enable`, "{")).headers.get("ratelimit-remaining")).toBe("19");
    expect((await get(place)).headers.get("ratelimit-limit")).toBeNull();
  });
});

test("who may do it no more gets no pair, and nothing is left of it", async () => {
  const held = storage.admin.inject({
    match: (method, path) => method === "PUT" && path.includes("/keys/"),
    when: "after",
    what: "hold",
    times: 1,
  });
  const reply = enable();
  await held.reached;
  await db.membership.deleteMany({ where: { userId: mia.userId } });
  held.release();
  expect((await reply).status).toBe(404);
  expect(await storage.readKeyIds("north", await principalOf(slug))).toEqual([]);
  expect(await db.accessKey.findFirst({ where: { project: { slug } } })).toMatchObject({ state: "FAILED" });
});

test("over HTTP a body of unknown length is refused as input, and one of a known length is read", async () => {
  const server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ requestId: randomUUID() });
  const send = (headers: Record<string, string | number>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = {
        port,
        path: `${place}/enable`,
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      };
      const sending = request(options, (response) => resolve(response.resume().statusCode));
      sending.once("error", reject);
      sending.end(body);
    });
  expect(await send({ "transfer-encoding": "chunked" })).toBe(400);
  expect(await db.accessKey.count({ where: { project: { slug } } })).toBe(0);
  expect(await send({ "content-length": Buffer.byteLength(body) })).toBe(201);
  server.close();
});

test.each([
  ["an address", () => "192.0.2.77", "192.0.2.78"],
  ["a network of IPv6, whatever address it shows,", (turn: number) => `2001:db8:7:7::${turn + 1}`, "2001:db8:7:8::1"],
])("%s that guesses tokens is held back", async (_who, addressOf, neighbour) => {
  const guess = async (address: string) =>
    (await api.request(place, { headers: { authorization: "Bearer guess", [CLIENT_ADDRESS_HEADER]: address } })).status;
  const statuses = await Promise.all(Array.from({ length: 61 }, (_none, turn) => guess(addressOf(turn))));
  expect([...new Set(statuses)].sort()).toEqual([401, 429]);
  expect(await guess(neighbour)).toBe(401);
  expect((await get(place)).status).toBe(200);
});

test("the token is nowhere in the database, and its use is written down", async () => {
  expect((await get(place)).status).toBe(200);
  const row = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId } });
  expect(row.lastUsedAt).not.toBeNull();
  const kept = JSON.stringify([row, await db.auditEvent.findMany()], (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  expect(kept).not.toContain(token);
  expect(Buffer.from(row.hash).toString("latin1")).not.toContain(token);
});

async function principalOf(project: string): Promise<string> {
  return `lk-${(await db.project.findUniqueOrThrow({ where: { slug: project } })).id}`;
}
