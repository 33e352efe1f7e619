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
let ada: Actor;
let mia: Actor;
let max: Actor;
let project: string;
let admin: ApiCaller;
let memberPlus: ApiCaller;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  ada = await makeUser(db, `Ada-${randomUUID().slice(0, 8)}`);
  mia = await makeUser(db, `Mia-${randomUUID().slice(0, 8)}`);
  max = await makeUser(db, `Max-${randomUUID().slice(0, 8)}`);
  const made = await makeProject(db, [
    [ada, "admin"],
    [mia, "member+"],
    [max, "member"],
  ]);
  project = made.slug;
  admin = await makeCaller(db, api.request, ada);
  memberPlus = await makeCaller(db, api.request, mia);
});

type Told = Record<string, unknown>;
async function send(by: ApiCaller, verb: string, content: Told): Promise<Told> {
  const input = { requestId: randomUUID(), ...content };
  const reply = await by.post(`/projects/${project}/regions/north/${verb}`, input);
  return { status: reply.status, ...((await reply.json()) as Told) };
}
const read = async (accessKeyId: unknown): Promise<Told> =>
  (await (await admin.get(`/projects/${project}/keys/${String(accessKeyId)}`)).json()) as Told;

test.each([{}, { name: "backup host" }])("a project admin makes the key %j for a member", async (which) => {
  const made = await send(admin, "enable", { ...which, userName: ` ${mia.email.toUpperCase()} ` });
  expect(made).toMatchObject({ status: 201 });
  const key = await read(made.accessKeyId);
  expect(key).toMatchObject({ createdBy: ada.name, madeFor: mia.name });
  expect(JSON.stringify(key.history)).toContain(`for ${mia.email}`);
  const event = await db.auditEvent.findFirstOrThrow({ where: { actorId: ada.userId, event: "key.requested" } });
  expect(event.data).toMatchObject({ madeFor: mia.email });
  const listed = (await (await admin.get(`/projects/${project}/keys`)).json()) as { keys: Told[] };
  expect(listed.keys[0]).toMatchObject({ madeFor: mia.name });

  const again = await send(admin, "regenerate", { ...which, confirm: "confirm" });
  expect(await read(again.accessKeyId)).toMatchObject({ createdBy: ada.name, madeFor: mia.name });
});

test("others name themselves only, and learn nothing about other people", async () => {
  const refused = { status: 409, code: "CONFLICT", reason: "not-for-others" };
  for (const userName of [ada.email, max.email, "nobody@example.test"])
    expect(await send(memberPlus, "enable", { userName })).toMatchObject(refused);
  const made = await send(memberPlus, "enable", { userName: mia.email });
  expect(await read(made.accessKeyId)).toMatchObject({ createdBy: mia.name, madeFor: mia.name });
});

test("nobody gets a key who could not make one: no plain member, no stranger, nobody who is disabled", async () => {
  const stranger = await makeUser(db, "Sam");
  await makeProject(db, [[stranger, "admin"]]);
  await db.user.update({ where: { id: mia.userId }, data: { disabledAt: new Date() } });
  for (const { email } of [max, stranger, mia, { email: "nobody@example.test" }]) {
    const refused = { status: 409, reason: "no-such-member" };
    expect(await send(admin, "enable", { userName: email })).toMatchObject(refused);
    expect(await send(admin, "enable", { userName: email, dryRun: true })).toMatchObject(refused);
  }
  expect(await db.accessKey.count({ where: { project: { slug: project } } })).toBe(0);
});

test("a dry run makes the same checks", async () => {
  expect(await send(admin, "enable", { userName: mia.email, dryRun: true })).toMatchObject({
    status: 200,
    dryRun: true,
  });
  const refused = { status: 409, reason: "not-for-others" };
  expect(await send(memberPlus, "enable", { userName: ada.email, dryRun: true })).toMatchObject(refused);
});

test("a request that is sent again for another person is another request", async () => {
  const requestId = randomUUID();
  expect(await send(admin, "enable", { userName: mia.email, requestId })).toMatchObject({ status: 201 });
  expect(await send(admin, "enable", { userName: mia.email, requestId })).toMatchObject({ outcome: "already-done" });
  for (const more of [{}, { userName: ada.email }])
    expect(await send(admin, "enable", { ...more, requestId })).toMatchObject({
      status: 409,
      reason: "request-reused",
    });
});

test("the key stays when the membership of its person ends", async () => {
  const { accessKeyId } = await send(admin, "enable", { userName: mia.email });
  await db.membership.deleteMany({ where: { userId: mia.userId } });
  expect(await read(accessKeyId)).toMatchObject({ state: "ACTIVE", madeFor: mia.name });
  const again = await send(admin, "regenerate", { confirm: "confirm" });
  expect(await read(again.accessKeyId)).toMatchObject({ state: "ACTIVE", madeFor: mia.name });
});

test("a text that is no e-mail address is refused as input", async () => {
  expect(await send(admin, "enable", { userName: "Mia" })).toMatchObject({ status: 400, code: "BAD_INPUT" });
  const kept = await send(admin, "regenerate", { confirm: "confirm", userName: mia.email });
  expect(kept).toMatchObject({ status: 400, detail: expect.stringContaining("userName") as string });
});
