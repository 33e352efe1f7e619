import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi, describeApi } from "@/lib/api/app";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
let storage: Storage;
let mia: Actor;
let sam: Actor;
let scope: ProjectScope;
let accessKeyId: string;
let support: ApiCaller;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const { slug } = await makeProject(db, [[mia, "member+"]]);
  scope = await authorizeProject(mia, slug, "keys:issue");
  accessKeyId = (await makeKey(scope, "north")).change.accessKeyId;
  support = await makeCaller(db, api.request, sam);
});

async function read(asked: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  return { ...((await reply.json()) as Record<string, unknown>), status: reply.status };
}

test("support finds keys by a part, by the person and by the project, and people and projects by a part", async () => {
  const project = { project: scope.slug, name: scope.name };
  const email = encodeURIComponent(mia.email);
  const found = { status: 200, keys: [{ accessKeyId, createdBy: mia.name, state: "ACTIVE", project }], next: null };
  for (const query of [
    `accessKey=${accessKeyId.slice(3, 14).toLowerCase()}`,
    `accessKey=${encodeURIComponent(`\u200b${accessKeyId} `)}`,
    `email=${email.toUpperCase()}`,
    `project=${scope.slug}`,
  ])
    expect(await read(support.get(`/support/keys?${query}`)), query).toMatchObject(found);
  const account = { email: mia.email, name: mia.name, platformRole: null, disabled: false };
  expect(await read(support.get(`/support/people?email=${email.slice(0, -3)}`))).toMatchObject({ people: [account] });
  expect(await read(support.get(`/support/person?email=${email}`))).toEqual({
    ...account,
    status: 200,
    since: expect.any(String) as string,
    projects: [{ ...project, role: "member+", disabled: false }],
    moreProjects: false,
  });
  expect(await read(support.get(`/support/projects?project=${scope.slug.slice(1)}`))).toEqual({
    status: 200,
    projects: [{ ...project, disabled: false }],
    next: null,
  });
  expect(await read(support.get(`/support/keys/${accessKeyId.toLowerCase()}`))).toMatchObject({ accessKeyId });
  const lines = await db.auditEvent.findMany({ where: { actorId: sam.userId }, select: { event: true, via: true } });
  expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(["support.searched", "key.looked-up"]));
  expect(lines.every(({ via }) => via?.startsWith("token:"))).toBe(true);
});

test.each([
  ["/support/keys", 400, "accessKey, email or project"],
  ["/support/keys?accessKey=LKA&email=a@example.org", 400, "only one of them"],
  ["/support/keys?accessKey=L", 400, "at least 3 characters"],
  ["/support/keys?accessKey=", 400, "at least 3 characters"],
  ["/support/keys?accessKey=%25%25%25", 400, "letters and digits only"],
  ["/support/keys?accessKey=a@example.org", 400, "Search by email"],
  ["/support/keys?accessKey=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00", 400, "looks like a secret key"],
  ["/support/keys?accessKey=a%00bcd", 400, "control characters"],
  ["/support/keys?accessKey=LKA&cursor=nonsense", 400, "cursor"],
  ["/support/keys?email=nobody@example.org", 404, "not there"],
  ["/support/keys?project=nowhere", 404, "not there"],
  ["/support/keys?colour=red", 400, "colour"],
  ["/support/people", 400, "email"],
  ["/support/people?email=a%E2%80%8B%E2%80%8B", 400, "at least 3"],
  ["/support/person?email=nobody@example.org", 404, "not there"],
  [`/support/projects?project=${"x".repeat(200)}`, 400, "at most 128"],
])("%s is answered %i and says %s", async (path, status, sentence) => {
  const reply = await read(support.get(path));
  expect(reply).toMatchObject({ status });
  expect(String(reply.detail)).toContain(sentence);
});

test("the searches are not there for whoever is no support, whatever the role in a project", async () => {
  const owner = await makeCaller(db, api.request, mia);
  for (const path of ["keys?accessKey=LKA", "people?email=mia", "person?email=a@b.cd", "projects?project=abc"])
    expect((await owner.get(`/support/${path}`)).status, path).toBe(404);
});

test("a key that was replaced meanwhile is neither disabled nor deactivated", async () => {
  const at = `/projects/${scope.slug}/regions/north`;
  const meant = () => ({ requestId: randomUUID(), reason: "leaked", accessKeyId: "LKAAA0000000000000AB" });
  const refused = { status: 409, reason: "not-current" };
  expect(await read(support.post(`${at}/disable`, { ...meant(), confirm: "confirm" }))).toMatchObject(refused);
  expect(await read(support.patch(at, { ...meant(), state: "INACTIVE" }))).toMatchObject(refused);
  expect(await read(support.patch(at, { ...meant(), state: "INACTIVE", accessKeyId: "a b" }))).toMatchObject({
    status: 400,
  });
  expect(await read(support.patch(at, { ...meant(), state: "INACTIVE", accessKeyId }))).toMatchObject({
    outcome: "done",
  });
});

test("of all operations that change a project, support may take a key away and do nothing else", async () => {
  const at = `/projects/${scope.slug}/regions/north`;
  const change = () => ({ requestId: randomUUID(), reason: "leaked" });
  const confirmed = () => ({ ...change(), confirm: "confirm" });
  const until = { expirationDate: "2063-01-01" };
  const bodies: Record<string, object[]> = {
    "post /enable": [{ requestId: randomUUID() }],
    "post /regenerate": [{ requestId: randomUUID(), confirm: "confirm" }],
    "post /retire": [{ requestId: randomUUID() }],
    "post /keep-longer": [{ requestId: randomUUID(), overlapSeconds: 3_600 }],
    "patch ": [
      { ...change(), state: "ACTIVE" },
      { ...change(), ...until },
      { ...change(), expirationDate: null },
    ],
  };
  const documented = Object.entries(describeApi(api).paths)
    .filter(([path]) => path.includes("/projects/{project}/regions/{region}"))
    .flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb} ${path.split("{region}")[1] ?? ""}`))
    .filter((operation) => !operation.startsWith("get "));
  expect(documented.toSorted()).toEqual([...Object.keys(bodies), "post /disable"].sort());
  const before = await db.accessKey.findMany({ where: { projectId: scope.projectId } });
  for (const [operation, tried] of Object.entries(bodies)) {
    const [verb, path = ""] = operation.split(" ");
    for (const body of tried)
      for (const dryRun of [undefined, true]) {
        const send = verb === "patch" ? support.patch : support.post;
        expect((await send(`${at}${path}`, { ...body, dryRun })).status, operation).toBe(404);
      }
  }
  expect(await db.accessKey.findMany({ where: { projectId: scope.projectId } })).toEqual(before);
  for (const body of [
    { requestId: randomUUID(), state: "INACTIVE" },
    { ...change(), state: "INACTIVE" },
  ])
    expect((await support.patch(at, body)).status).toBe("reason" in body ? 200 : 400);
  expect((await support.post(`${at}/disable`, { ...confirmed(), reason: undefined })).status).toBe(400);
  expect((await support.post(`${at}/disable`, confirmed())).status).toBe(202);
});
