import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
let storage: Storage;
let caller: ApiCaller;
let place: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  const { slug } = await makeProject(db, [[mia, "member+"]]);
  caller = await makeCaller(db, api.request, mia);
  place = `/projects/${slug}/regions/north`;
});

const send = async (verb: string, content: object): Promise<Record<string, unknown>> => {
  const reply = await caller.post(`${place}/${verb}`, { requestId: randomUUID(), ...content });
  return { status: reply.status, ...((await reply.json()) as Record<string, unknown>) };
};
const add = (name: string, more: object = {}) => send("enable", { name, ...more });

test("a named key is added, read, changed and disabled by its name", async () => {
  const added = await add("backup host", { access: "read-only", expirationDate: "2063-04-05" });
  expect(added).toMatchObject({ status: 201, name: "backup host", access: "read-only", state: "ACTIVE" });
  const again = await send("regenerate", { name: "backup host", confirm: "confirm" });
  expect(again).toMatchObject({ status: 201, name: "backup host", access: "read-only", revoking: 1 });
  const changed = await caller.patch(place, { requestId: randomUUID(), name: "backup host", state: "INACTIVE" });
  expect(changed.status).toBe(200);
  const card = (await (await caller.get(place)).json()) as Record<string, unknown>;
  expect(card).toMatchObject({
    key: null,
    named: [{ name: "backup host", access: "read-only", state: "INACTIVE", key: { lastUsedAt: null } }],
  });
  const ended = await send("disable", { name: "backup host", confirm: "confirm" });
  expect(ended).toMatchObject({ status: 202, accessKeyIds: [again.accessKeyId] });
});

test.each([
  [{ name: "" }, 400],
  [{ name: "x".repeat(200) }, 400],
  [{ name: "a\u202eb" }, 400],
  [{ name: "default" }, 400],
  [{ access: "read-only" }, 400],
  [{ name: "a", access: "write-only" }, 400],
  [{ name: "taken" }, 409],
])("a key with %j is refused with %i, and nothing changes", async (content, status) => {
  await add("Taken");
  const before = await db.accessKey.count();
  expect(await send("enable", content)).toMatchObject({ status });
  expect(await db.accessKey.count()).toBe(before);
});

test("an eleventh named key is refused", async () => {
  for (let count = 0; count < env.LATCHKEY_NAMED_KEYS; count += 1)
    expect(await add(`key ${count}`)).toMatchObject({ status: 201 });
  expect(await add("one more")).toMatchObject({ status: 409, reason: "too-many-names" });
});

test("an overlap that is not offered is refused", async () => {
  await add("backup");
  const asked = { name: "backup", confirm: "confirm", overlapSeconds: 604_801 };
  expect(await send("regenerate", asked)).toMatchObject({ status: 400 });
});
