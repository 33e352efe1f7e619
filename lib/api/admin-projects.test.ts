import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();

let storage: Storage;
let pat: Actor;
let mia: Actor;
let slug: string;
let caller: ApiCaller;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  pat = await makeUser(db, `Pat-${randomUUID()}`, { platformRole: "platform-admin" });
  mia = await makeUser(db, `Mia-${randomUUID()}`);
  ({ slug } = await makeProject(db, [[mia, "admin"]]));
  caller = await makeCaller(db, api.request, pat, { scope: "manage" });
});

async function read(asked: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  return { ...((await reply.json()) as Record<string, unknown>), status: reply.status };
}
const show = (project = slug) => read(caller.get(`/admin/projects/${project}`));

test("a platform admin makes, finds, renames, restricts, disables and enables a project", async () => {
  const project = `lab-${randomUUID().slice(0, 8)}`;
  const at = `/admin/projects/${project}`;
  expect(await read(caller.post("/admin/projects", { project, name: "Lab 🔑" }))).toMatchObject({ status: 200 });
  expect(await read(caller.get(`/admin/projects?search=${project.toUpperCase()}`))).toEqual({
    status: 200,
    projects: [{ project, name: "Lab 🔑", members: 0, createdAt: expect.any(String) as string, disabledAt: null }],
    next: null,
  });
  expect(await read(caller.patch(at, { name: "Laboratory" }))).toMatchObject({ status: 200, outcome: "done" });
  expect(await read(caller.post(`${at}/regions`, { regions: ["south"], former: null }))).toMatchObject({ status: 200 });
  expect(await show(project)).toMatchObject({
    name: "Laboratory",
    allowedRegions: ["south"],
    regions: [
      { name: "north", allowed: false, liveKeys: 0 },
      { name: "south", allowed: true, switchedOff: false },
    ],
  });
  expect(await read(caller.post(`${at}/regions`, { regions: [] }))).toMatchObject({ outcome: "done" });
  expect(await show(project)).toMatchObject({ allowedRegions: [] });
  expect(await read(caller.post(`${at}/disable`, {}))).toMatchObject({ status: 200, outcome: "done" });
  expect(await read(caller.post(`${at}/disable`, {}))).toMatchObject({ status: 200, outcome: "already-done" });
  expect((await show(project)).disabledAt).not.toBeNull();
  expect(await read(caller.post(`${at}/enable`, {}))).toMatchObject({ status: 200, outcome: "done" });
  const events = await db.auditEvent.findMany({
    where: { actorId: pat.userId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  expect(events.map(({ event }) => event)).toEqual([
    "project.created",
    "project.changed",
    "project.regions-set",
    "project.regions-set",
    "project.disabled",
    "project.enabled",
  ]);
  expect(events.every(({ via }) => via?.startsWith("token:"))).toBe(true);
});

test("the project's own list of regions says the same", async () => {
  await caller.post(`/admin/projects/${slug}/regions`, { regions: ["south"] });
  const member = await makeCaller(db, api.request, mia);
  const { cards } = (await read(member.get(`/projects/${slug}/regions`))) as {
    cards: { region: { name: string; disabled: boolean } }[];
  };
  expect(cards.map(({ region }) => [region.name, region.disabled])).toEqual([
    ["north", true],
    ["south", false],
  ]);
  const enable = { requestId: randomUUID() };
  expect(await read(member.post(`/projects/${slug}/regions/north/enable`, enable))).toMatchObject({
    status: 409,
    reason: "region-closed",
  });
  expect(await db.accessKey.count({ where: { project: { slug } } })).toBe(0);
});

test("every refusal has its status and a sentence, and changes nothing", async () => {
  const before = [await show(), await db.project.count()];
  const at = `/admin/projects/${slug}`;
  const add = (project: string, name = "Lab") => caller.post("/admin/projects", { project, name });
  const refusals = [
    [add(slug), 409, "slug-taken", "There is a project"],
    [add("admin"), 400, undefined, "is reserved"],
    [add("../x"), 400, undefined, "not a path"],
    [add("a/b"), 400, undefined, "not a path"],
    [add("a".repeat(41)), 400, undefined, "at most 40"],
    [add("Lab"), 400, undefined, "lower case"],
    [add("lab", " "), 400, undefined, "Give a name"],
    [add("lab", "a\u0000"), 400, undefined, "control characters"],
    [caller.post("/admin/projects", { project: "lab", name: "Lab", disabledAt: null }), 400, undefined, "disabledAt"],
    [caller.patch(at, { name: "x".repeat(101) }), 400, undefined, "at most 100"],
    [caller.post(`${at}/regions`, { regions: ["nowhere"] }), 409, "unknown-region", "no region nowhere"],
    [caller.post(`${at}/regions`, { regions: ["north"], former: [] }), 409, "changed-meanwhile", "all regions"],
    [caller.post(`${at}/regions`, {}), 400, undefined, "regions"],
    [caller.get("/admin/projects?cursor=nonsense"), 400, undefined, "cursor"],
    [caller.patch("/admin/projects/nowhere", { name: "X" }), 404, undefined, "no project nowhere"],
    [caller.post("/admin/projects/nowhere/disable", {}), 404, undefined, "no project nowhere"],
  ] as const;
  for (const [asked, status, reason, why] of refusals) {
    const reply = await read(asked);
    expect([reply.status, reply.reason], String(reply.detail)).toEqual([status, reason]);
    expect(String(reply.detail)).toContain(why);
  }
  expect([await show(), await db.project.count()]).toEqual(before);
});

test("nobody else finds anything here, and a token needs the scope for it", async () => {
  const before = await show();
  const sue = await makeUser(db, `Sue-${randomUUID()}`, { platformRole: "support" });
  for (const person of [mia, sue]) {
    const other = await makeCaller(db, api.request, person, { scope: "manage" });
    expect((await other.get("/admin/projects")).status).toBe(404);
    expect((await other.get(`/admin/projects/${slug}`)).status).toBe(404);
    expect((await other.post("/admin/projects", { project: "mine", name: "Mine" })).status).toBe(404);
    expect((await other.patch(`/admin/projects/${slug}`, { name: "Mine" })).status).toBe(404);
    for (const verb of ["regions", "disable", "enable"])
      expect((await other.post(`/admin/projects/${slug}/${verb}`, { regions: [] })).status).toBe(404);
  }
  const writer = await makeCaller(db, api.request, pat, { scope: "write" });
  expect((await writer.get("/admin/projects")).status).toBe(200);
  expect((await writer.post(`/admin/projects/${slug}/disable`, {})).status).toBe(403);
  expect(await show()).toEqual(before);
  expect(await db.project.count({ where: { slug: "mine" } })).toBe(0);
});
