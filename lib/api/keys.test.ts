import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/lib/api/app";
import { startTestDatabase } from "@/testing/database/test-database";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { encodeCursor } from "@/lib/platform/db/cursor";
import { env } from "@/lib/platform/env";
import { logger } from "@/lib/platform/logger";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { addNamedKey, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
const callAs = (user: Actor) => makeCaller(db, api.request, user);
let storage: Storage;
let mia: Actor;
let scope: ProjectScope;
let caller: ApiCaller;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  const { slug } = await makeProject(db, [[mia, "member+"]]);
  scope = await authorizeProject(mia, slug, "keys:issue");
  caller = await callAs(mia);
});

interface Told {
  accessKeyId: string;
  state: string;
  [field: string]: unknown;
}
async function listKeys(query = "", at = caller): Promise<{ keys: Told[]; next: string | null }> {
  const reply = await at.get(`/projects/${scope.slug}/keys${query}`);
  expect(reply.status).toBe(200);
  return (await reply.json()) as { keys: Told[]; next: string | null };
}
const idsOf = async (query: string) => (await listKeys(query)).keys.map(({ accessKeyId }) => accessKeyId);
const keyPath = (accessKeyId: string) => `/projects/${scope.slug}/keys/${accessKeyId}`;

test("a person's projects come with the role, a page at a time, without disabled and foreign ones", async () => {
  const admin = await makeProject(db, [[mia, "admin"]]);
  await makeProject(db);
  const off = await makeProject(db, [[mia, "admin"]]);
  await db.project.update({ where: { id: off.id }, data: { disabledAt: new Date() } });
  const reply = await caller.get("/projects");
  const own = [admin.slug, scope.slug].map((project) => ({ project, name: `Project ${project}` }));
  const roles = [{ role: "admin" }, { role: "member+" }];
  expect(await reply.json()).toEqual({ projects: own.map((row, index) => ({ ...row, ...roles[index] })), next: null });
  const limited = await makeCaller(db, api.request, mia, { project: scope.slug, scope: "read" });
  expect(await (await limited.get("/projects")).json()).toMatchObject({ projects: [{ project: scope.slug }] });
  for (let count = 0; count < 50; count += 1) await makeProject(db, [[mia, "member"]]);
  const first = (await (await caller.get("/projects")).json()) as { projects: object[]; next: string };
  const second = await (await caller.get(`/projects?cursor=${first.next}`)).json();
  expect(first.projects).toHaveLength(50);
  expect(second).toEqual({ projects: own.map((row, index) => ({ ...row, ...roles[index] })), next: null });
});

test("a project's keys are listed in the words of the API, without a secret, and filtered", async () => {
  const card = await makeKey(scope, "north");
  const backup = await addNamedKey(scope, "north", "backup host", "READ_ONLY");
  const south = await makeKey(scope, "south");
  const ended = { requestId: randomUUID(), confirm: "confirm", reason: "left" };
  expect((await caller.post(`/projects/${scope.slug}/regions/south/disable`, ended)).status).toBe(202);
  const { keys, next } = await listKeys();
  const ids = [south, backup, card].map(({ change }) => change.accessKeyId);
  expect([keys.map(({ accessKeyId }) => accessKeyId), next]).toEqual([ids, null]);
  expect(keys[2]).toEqual({
    accessKeyId: card.change.accessKeyId,
    name: null,
    access: "full",
    region: "north",
    state: "ACTIVE",
    creationDate: card.change.createdAt.toISOString(),
    createdBy: mia.name,
    madeFor: null,
    expirationDate: null,
    removeAtExpiration: false,
    lastModificationDate: card.change.createdAt.toISOString(),
    endDate: null,
    endedBy: null,
    endReason: null,
    missingSince: null,
    lastUsedAt: null,
    lastUsedAsOf: null,
    receipts: [],
  });
  expect(keys[1]).toMatchObject({ name: "backup host", access: "read-only" });
  expect(keys[0]).toMatchObject({ state: expect.stringMatching(/^REVOK(ING|ED)$/) as string, endReason: "left" });
  expect(keys[0]?.lastModificationDate).toBe(keys[0]?.endDate);
  for (const { secret } of [card, backup, south]) expect(JSON.stringify(keys)).not.toContain(secret.reveal());

  expect(await idsOf("?region=north")).toEqual(ids.slice(1));
  expect(await idsOf("?state=ACTIVE")).toEqual(ids.slice(1));
  expect(await idsOf("?name=backup%20host")).toEqual([ids[1]]);
  expect(await idsOf(`?search=${ids[2]?.slice(4, 14).toLowerCase()}`)).toEqual([ids[2]]);
  expect(await idsOf(`?createdBy=${encodeURIComponent(mia.name.toLowerCase())}`)).toEqual(ids);
  expect(await idsOf("?createdBy=nobody")).toEqual([]);
  expect(await idsOf("?region=nowhere")).toEqual([]);
});

test("a switched key tells its last modification, and one key comes with history and receipts", async () => {
  const { change } = await makeKey(scope, "north");
  const place = `/projects/${scope.slug}/regions/north`;
  expect((await caller.patch(place, { requestId: randomUUID(), state: "INACTIVE" })).status).toBe(200);
  const { modifiedAt } = await db.accessKey.findUniqueOrThrow({ where: { id: change.keyId } });
  const read = async () => (await (await caller.get(keyPath(change.accessKeyId))).json()) as Told;
  expect(await read()).toMatchObject({
    state: "INACTIVE",
    lastModificationDate: modifiedAt?.toISOString(),
    history: [
      { sentence: `${mia.name} asked to enable CLI access in north with ${change.accessKeyId}.` },
      { sentence: `${mia.name} enabled CLI access in north with ${change.accessKeyId}.` },
      {},
      {},
    ],
  });
  await caller.post(`${place}/disable`, { requestId: randomUUID(), confirm: "confirm" });
  await expect.poll(async () => (await read()).state).toBe("REVOKED");
  expect((await read()).receipts).toMatchObject([{ firstRefusedAt: expect.any(String) as string }]);
});

test("keys come a page at a time", async () => {
  const { change } = await makeKey(scope, "north");
  const key = await db.accessKey.findUniqueOrThrow({ where: { id: change.keyId } });
  await db.accessKey.createMany({
    data: Array.from({ length: 25 }, (_none, index) => {
      const id = { id: undefined, accessKeyId: `LK${randomUUID().slice(0, 8).toUpperCase()}${index}` };
      return { ...key, ...id, state: "REVOKED" as const, createdAt: new Date(key.createdAt.getTime() + index + 1) };
    }),
  });
  const first = await listKeys();
  const second = await listKeys(`?cursor=${first.next}`);
  expect([first.keys.length, second.keys.map((row) => row.accessKeyId), second.next]).toEqual([
    25,
    [change.accessKeyId],
    null,
  ]);
});

test.each([
  ["an unknown filter", "?colour=red", /colour/],
  ["an unknown state", "?state=GONE", /state/],
  ["a control character", "?createdBy=%00", /createdBy/],
  ["a text that is no cursor", "?cursor=garbage", /./],
  ["a cursor before all times", `?cursor=${encodeCursor({ at: new Date("0000-01-01"), id: randomUUID() })}`, /./],
])("%s is refused as input", async (_name, query, told) => {
  const reply = await caller.get(`/projects/${scope.slug}/keys${query}`);
  expect(reply.status).toBe(400);
  expect(await reply.text()).toMatch(told);
});

test("another project's key is not there, and a member may not read keys", async () => {
  const { change } = await makeKey(scope, "north");
  const max = await makeUser(db, `Max ${randomUUID()}`);
  const other = await makeProject(db, [[max, "admin"]]);
  const theirs = await callAs(max);
  expect((await theirs.get(keyPath(change.accessKeyId))).status).toBe(404);
  expect((await theirs.get(`/projects/${other.slug}/keys/${change.accessKeyId}`)).status).toBe(404);
  for (const id of ["%00", "x", "x".repeat(4_000)]) expect((await caller.get(keyPath(id))).status).toBe(404);
  await db.membership.updateMany({ where: { userId: mia.userId }, data: { role: "member" } });
  expect((await caller.get(keyPath(change.accessKeyId))).status).toBe(404);
  expect((await caller.get(`/projects/${scope.slug}/keys`)).status).toBe(404);
});

test("support finds a key, which is audited, and disables it with a reason", async () => {
  const { change } = await addNamedKey(scope, "north", "laptop");
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const support = await callAs(sam);
  const path = `/support/keys/${change.accessKeyId}`;
  const found = (await (await support.get(path)).json()) as Told & { project: { project: string } };
  const project = { project: scope.slug, name: scope.name };
  expect(found).toMatchObject({ accessKeyId: change.accessKeyId, name: "laptop", live: true, project });
  const lookedUp = await db.auditEvent.findFirstOrThrow({ where: { actorId: sam.userId, event: "key.looked-up" } });
  expect(lookedUp).toMatchObject({ data: { wanted: change.accessKeyId, found: true }, projectId: scope.projectId });
  expect(lookedUp.via).toMatch(/^token:/);
  const disable = `/projects/${found.project.project}/regions/${String(found.region)}/disable`;
  const input = { requestId: randomUUID(), name: found.name, confirm: "confirm" };
  expect((await support.post(disable, input)).status).toBe(400);
  expect((await support.post(disable, { ...input, reason: "it leaked" })).status).toBe(202);
  expect((await caller.get(path)).status).toBe(404);
});

test("a secret key in place of an id is in no log and no audit line", async () => {
  const written = vi.spyOn(logger, "info");
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";
  const replies = [await (await callAs(sam)).get(`/support/keys/${secret}`), await caller.get(keyPath(secret))];
  expect(replies.map(({ status }) => status)).toEqual([404, 404]);
  expect(written).toHaveBeenCalled();
  expect(JSON.stringify(written.mock.calls)).not.toContain(secret);
  const actorId = { in: [sam.userId, mia.userId] };
  const lines = await db.auditEvent.findMany({ where: { actorId }, select: { event: true, data: true } });
  expect(lines.map(({ event }) => event)).toContain("key.looked-up");
  expect(JSON.stringify(lines)).not.toContain(secret);
  written.mockRestore();
});
