import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { createIdentityApi } from "@/lib/api/openstack/app";
import { CHANGES } from "@/lib/gate/rate-limit";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { byCredential, IdentityCaller } from "@/testing/factories/identity-caller";
import { addNamedKey, asIssued, issueUnacknowledged, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const stranger = new IdentityCaller(createIdentityApi().request);
const HOUR = 3_600;
let storage: Storage;
let mia: Actor;
let scope: ProjectScope;
let caller: IdentityCaller;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
  caller = await stranger.signIn(byCredential(await makeToken(db, mia, { project: scope.slug })));
});

interface Credential {
  access: string;
  secret: string;
  tenant_id: string;
  user_id: string;
  trust_id: null;
  links: { self: string };
}

async function create(region = "north"): Promise<Credential> {
  const reply = await caller.create(region);
  expect(reply.status).toBe(201);
  return ((await reply.json()) as { credential: Credential }).credential;
}
async function list(region = "north"): Promise<(Omit<Credential, "secret"> & { secret: null })[]> {
  const reply = await caller.list(region);
  expect([reply.status, reply.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return ((await reply.json()) as { credentials: (Omit<Credential, "secret"> & { secret: null })[] }).credentials;
}
const listIds = async (region = "north") => (await list(region)).map(({ access }) => access);
const errorOf = async (reply: Response) => ((await reply.json()) as { error: object }).error;
function ask({ access, secret }: Credential, region = "north"): Promise<string> {
  const context = { signal: AbortSignal.timeout(5_000), requestId: randomUUID() };
  const endpoint = storage.regions.find(({ name }) => name === region)?.endpoint ?? "";
  return probeS3({ name: region, endpoint }, `${region}-1`, access, new Secret(secret), context);
}
const nameOf = async (access: string) =>
  (await db.accessKey.findUniqueOrThrow({ where: { accessKeyId: access } })).slot;

test("create fills the key of the card, then named keys, and each pair works in its region alone", async () => {
  const first = await create();
  const second = await create();
  const third = await create();
  expect(await Promise.all([first, second, third].map(({ access }) => nameOf(access)))).toEqual([
    "default",
    "openstack-1",
    "openstack-2",
  ]);
  expect(await Promise.all([first, second, third].map((pair) => ask(pair)))).toEqual(Array(3).fill("accepted"));
  expect(await ask(first, "south")).toBe("refused-unknown");
  const south = await create("south");
  expect([await nameOf(south.access), await ask(south, "south")]).toEqual(["default", "accepted"]);
  expect(first).toEqual({
    access: expect.stringMatching(/^[A-Z0-9]{20}$/) as string,
    secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/) as string,
    tenant_id: scope.projectId,
    user_id: mia.userId,
    trust_id: null,
    links: {
      self: `${env.LATCHKEY_URL}/identity/regions/north/v3/users/${mia.userId}/credentials/OS-EC2/${first.access}`,
    },
  });
});

test("list and show tell the keys of the project in the region, and never a secret", async () => {
  const first = await create();
  const named = await addNamedKey(scope, "north", "backup host");
  await create("south");
  expect(await listIds()).toEqual([first.access, named.change.accessKeyId]);
  const shown = await caller.show("north", first.access);
  const text = await shown.text();
  expect(JSON.parse(text)).toEqual({ credential: { ...first, secret: null } });
  expect(text + JSON.stringify(await list())).not.toContain(first.secret);
});

test("keys that are switched off are listed, and keys that wait for their acknowledgement are not", async () => {
  const { access } = await create();
  await db.accessKey.update({ where: { accessKeyId: access }, data: { state: "INACTIVE" } });
  expect(await listIds()).toEqual([access]);
  await issueUnacknowledged(scope, "south");
  expect(await listIds("south")).toEqual([]);
});

test("delete ends one pair at the storage system, and the others work on", async () => {
  const [first, second] = [await create(), await create()];
  const reply = await caller.delete("north", first.access);
  expect([reply.status, await reply.text()]).toEqual([204, ""]);
  await expect.poll(() => ask(first)).toBe("refused-unknown");
  expect(await ask(second)).toBe("accepted");
  expect(await listIds()).toEqual([second.access]);
  expect((await caller.show("north", first.access)).status).toBe(404);
  expect((await caller.delete("north", first.access)).status).toBe(404);
  await expect
    .poll(async () => (await db.accessKey.findUniqueOrThrow({ where: { accessKeyId: first.access } })).state)
    .toBe("REVOKED");
  expect(await nameOf((await create()).access)).toBe("default");
});

test("a key of another project or region is not there", async () => {
  const other = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
  const foreign = await addNamedKey(other, "north", "foreign");
  const here = await create();
  for (const [region, access] of [
    ["north", foreign.change.accessKeyId],
    ["south", here.access],
    ["north", "%00"],
    ["north", "x".repeat(200)],
    ["north", "%F0%9F%92%A9"],
  ] as const) {
    expect((await caller.show(region, access)).status).toBe(404);
    expect((await caller.delete(region, access)).status).toBe(404);
  }
  expect(await ask({ ...here })).toBe("accepted");
  expect(
    await db.accessKey.count({ where: { state: "ACTIVE", projectId: { in: [scope.projectId, other.projectId] } } }),
  ).toBe(2);
});

test("when all places are taken, create is refused with the reason and nothing changes", async () => {
  for (let count = 0; count <= env.LATCHKEY_NAMED_KEYS; count += 1) await create();
  const before = await listIds();
  const refused = await caller.create("north");
  expect(refused.status).toBe(409);
  expect(await errorOf(refused)).toEqual({
    code: 409,
    title: "Conflict",
    message: expect.stringMatching(/as many named keys here as are allowed. Nothing was changed/) as string,
  });
  expect(await listIds()).toEqual(before);
  const where = { actorId: mia.userId, event: "action.refused" };
  expect((await db.auditEvent.findFirstOrThrow({ where })).data).toEqual({
    action: "Enable CLI Access",
    code: "too-many-names",
  });
});

test("a region that is switched off makes no key, and its keys can be deleted", async () => {
  const { access } = await create();
  await db.region.update({ where: { name: "north" }, data: { disabledAt: new Date() } });
  const refused = await caller.create("north");
  const ended = await caller.delete("north", access);
  await db.region.update({ where: { name: "north" }, data: { disabledAt: null } });
  expect([refused.status, ended.status]).toEqual([409, 204]);
  expect(await errorOf(refused)).toMatchObject({ message: expect.stringContaining("switched off") as string });
});

test("a storage system that does not answer is 502 in the form of Keystone, and leaves no key", async () => {
  const fault = storage.admin.inject({ match: (method) => method === "PUT", when: "before", what: "refuse" });
  const failed = await caller.create("north");
  fault.release();
  expect([failed.status, await errorOf(failed)]).toMatchObject([502, { code: 502, title: "Bad Gateway" }]);
  expect(await listIds()).toEqual([]);
});

test("of the two keys of an overlap each is deleted alone, the old one first", async () => {
  const old = await create();
  const issued = asIssued(await requestKey(scope, "north", "REGENERATE", randomUUID(), null, HOUR));
  await commitKey(scope, issued.change.operationId);
  const next = { ...old, access: issued.change.accessKeyId, secret: issued.secret.reveal() };
  expect(await listIds()).toEqual([old.access, next.access]);
  const refused = await caller.delete("north", next.access);
  expect([refused.status, await errorOf(refused)]).toMatchObject([
    409,
    { message: expect.stringContaining("delete the old key first") as string },
  ]);
  expect([await ask(old), await ask(next)]).toEqual(["accepted", "accepted"]);
  expect((await caller.delete("north", old.access)).status).toBe(204);
  await expect.poll(() => ask(old)).toBe("refused-unknown");
  expect(await ask(next)).toBe("accepted");
  expect((await caller.delete("north", next.access)).status).toBe(204);
  await expect.poll(() => ask(next)).toBe("refused-unknown");
});

test("a delete stops no change of the same place that another person makes", async () => {
  const old = await create();
  const pending = await issueUnacknowledged(scope, "north", "REGENERATE");
  const refused = await caller.delete("north", old.access);
  expect([refused.status, await errorOf(refused)]).toMatchObject([
    409,
    { message: expect.stringContaining("Another change is in progress") as string },
  ]);
  expect(await commitKey(scope, pending.change.operationId)).toMatchObject({ ok: true });
  expect((await caller.delete("north", old.access)).status).toBe(404);
});

test("of several creates at once each gets a pair of its own or reads who was first", async () => {
  const replies = await Promise.all(Array.from({ length: 4 }, () => caller.create("north")));
  const made = replies.filter(({ status }) => status === 201);
  const lost = replies.filter(({ status }) => status !== 201);
  expect(lost.map(({ status }) => status)).toEqual(lost.map(() => 409));
  const pairs = await Promise.all(
    made.map(async (reply) => ((await reply.json()) as { credential: Credential }).credential),
  );
  expect(pairs.length).toBeGreaterThan(0);
  expect((await listIds()).sort()).toEqual(pairs.map(({ access }) => access).sort());
});

test("the audit log names the person and the access token, and no secret is kept anywhere", async () => {
  const { access, secret } = await create();
  await caller.delete("north", access);
  const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId } });
  const lines = await db.auditEvent.findMany({
    where: { actorId: mia.userId, via: `token:${id}` },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  expect(lines.map(({ event }) => event)).toEqual(["key.requested", "key.committed", "key.revoking"]);
  const kept = JSON.stringify(
    [await db.auditEvent.findMany(), await db.operation.findMany()],
    (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
  expect(kept).not.toContain(secret);
  expect(kept).not.toContain(caller.authToken);
});

test("changes count like those of the pages and the API", async () => {
  await create();
  const statuses: number[] = [];
  for (let turn = 0; turn < CHANGES.points; turn += 1) {
    const reply = await caller.delete("north", "LKNOSUCHKEY");
    statuses.push(reply.status);
  }
  expect(statuses).toEqual(Array(CHANGES.points).fill(404));
  const held = await caller.delete("north", "LKNOSUCHKEY");
  expect(held.status).toBe(429);
  expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await errorOf(held)).toMatchObject({ code: 429, title: "Too Many Requests" });
});
