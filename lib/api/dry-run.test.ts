import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { startTestDatabase } from "@/testing/database/test-database";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
let storage: Storage;
let mia: Actor;
let scope: ProjectScope;
let caller: ApiCaller;
let place: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  const { slug } = await makeProject(db, [[mia, "member+"]]);
  scope = await authorizeProject(mia, slug, "keys:issue");
  place = `/projects/${slug}/regions/north`;
  caller = await makeCaller(db, api.request, mia);
});

/** Everything that a change of keys writes. Refusals are audited, as those of a change are. */
async function readRows(): Promise<object> {
  return {
    principals: await db.principal.findMany({ orderBy: { id: "asc" } }),
    keys: await db.accessKey.findMany({ orderBy: { id: "asc" } }),
    operations: await db.operation.findMany({ orderBy: { id: "asc" } }),
    events: await db.auditEvent.findMany({
      where: { event: { not: "action.refused" } },
      orderBy: [{ at: "asc" }, { id: "asc" }],
    }),
    jobs: await db.$queryRaw`SELECT count(*) FROM pgboss.job WHERE name = 'revoke-key' OR name = 'settle-operation'`,
  };
}

type Verb = "enable" | "regenerate" | "disable" | "retire" | "keep-longer" | "patch";
const send = (verb: Verb, input: object, dryRun: boolean, by = caller) => {
  const content = { requestId: randomUUID(), ...input, ...(dryRun ? { dryRun } : {}) };
  return verb === "patch" ? by.patch(place, content) : by.post(`${place}/${verb}`, content);
};

/** The answer to a dry run, after which every row is as it was. */
async function ask(verb: Verb, input: object = {}, by = caller): Promise<unknown> {
  const before = await readRows();
  const reply = await send(verb, input, true, by);
  expect(await readRows()).toEqual(before);
  return [reply.status, await reply.json()];
}
const would = (outcome: string, accessKeyIds: string[], state: string | null) => [
  200,
  { dryRun: true, wouldBe: { outcome, accessKeyIds, state } },
];
const confirm = { confirm: "confirm" };

test("a key that would be made is not made, and no principal either", async () => {
  // The queue's tables come with the first change.
  await makeKey(await authorizeProject(mia, (await makeProject(db, [[mia, "admin"]])).slug, "keys:issue"), "south");
  expect(await ask("enable", { expirationDate: "2063-04-05" })).toEqual(would("issued", [], "ACTIVE"));
  expect(await ask("enable", { name: "laptop", access: "read-only" })).toEqual(would("issued", [], "ACTIVE"));
  expect(await db.principal.count({ where: { projectId: scope.projectId } })).toBe(0);
  expect(await storage.readKeyIds("north", `lk-${scope.projectId}`)).toEqual([]);
});

test("what would become of a key is told, and the key is as it was", async () => {
  const { accessKeyId } = (await makeKey(scope, "north")).change;
  expect(await ask("regenerate", confirm)).toEqual(would("issued", [accessKeyId], "ACTIVE"));
  expect(await ask("disable", confirm)).toEqual(would("revoking", [accessKeyId], "REVOKING"));
  expect(await ask("patch", { state: "INACTIVE" })).toEqual(would("done", [accessKeyId], "INACTIVE"));
  expect(await ask("patch", { expirationDate: "2063-04-05" })).toEqual(would("done", [accessKeyId], "ACTIVE"));
  expect(await storage.readKeyIds("north", `lk-${scope.projectId}`)).toEqual([accessKeyId]);
  expect((await send("regenerate", { ...confirm, overlapSeconds: 3_600 }, false)).status).toBe(201);
  expect(await ask("retire")).toEqual(would("done", [accessKeyId], "REVOKING"));
  expect(await ask("keep-longer", { overlapSeconds: 86_400 })).toEqual(would("done", [accessKeyId], "RETIRING"));
});

test("a dry run with the id of a change tells that the change was made", async () => {
  const requestId = randomUUID();
  expect((await send("enable", { requestId }, false)).status).toBe(201);
  expect(await ask("enable", { requestId })).toEqual(would("already-done", [], null));
  expect(await ask("disable", { requestId, ...confirm })).toMatchObject([409, { reason: "request-reused" }]);
});

test("the refusal is the one of the change", async () => {
  const enabled: [Verb, object][] = [
    ["enable", {}],
    ["patch", { state: "ACTIVE" }],
    ["patch", { expirationDate: "2020-01-01" }],
    ["retire", {}],
    ["keep-longer", { overlapSeconds: 3_600 }],
    ["enable", { name: "laptop", expirationDate: "2020-01-01" }],
  ];
  await makeKey(scope, "north");
  const refused: unknown[] = [];
  for (const [verb, input] of enabled) {
    const dry = await ask(verb, input);
    const real = await send(verb, input, false);
    expect(dry).toEqual([real.status, await real.json()]);
    refused.push((dry as [number, { reason: string }])[1].reason);
  }
  const reasons = [
    "already-enabled",
    "not-inactive",
    "date-too-early",
    "not-retiring",
    "not-retiring",
    "date-too-early",
  ];
  expect(refused).toEqual(reasons);
});

test("the storage system's limits and the gate count", async () => {
  await makeKey(scope, "north");
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const support = await makeCaller(db, api.request, sam);
  expect(await ask("regenerate", confirm, support)).toMatchObject([404, { code: "NOT_FOUND" }]);
  expect(await ask("disable", confirm, support)).toMatchObject([400, { reason: "reason-required" }]);
  expect(await ask("disable", { ...confirm, reason: "it leaked" }, support)).toMatchObject([200, { dryRun: true }]);
  expect(await ask("disable", {})).toMatchObject([400, { code: "BAD_INPUT" }]);
  await db.region.update({ where: { name: "north" }, data: { disabledAt: new Date() } });
  expect(await ask("regenerate", confirm)).toMatchObject([409, { reason: "region-disabled" }]);
  await db.region.update({ where: { name: "north" }, data: { disabledAt: null } });
});
