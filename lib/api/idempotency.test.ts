import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
let storage: Storage;
let caller: ApiCaller;
let slug: string;
let place: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
  place = `/projects/${slug}/regions/north`;
  caller = await makeCaller(db, api.request, mia);
});

const countKeys = () => db.accessKey.count({ where: { project: { slug } } });

test("the header gives the request id, and the same one again is the same change, whoever gives it", async () => {
  const id = randomUUID();
  const first = await caller.post(`${place}/enable`, {}, { "idempotency-key": `"${id}"` });
  expect([first.status, await first.json()]).toMatchObject([201, { requestId: id }]);
  const again = [
    await caller.post(`${place}/enable`, {}, { "idempotency-key": id }),
    await caller.post(`${place}/enable`, { requestId: id }),
    await caller.post(`${place}/enable`, { requestId: id }, { "idempotency-key": id.toUpperCase() }),
  ];
  for (const reply of again)
    expect([reply.status, await reply.json()]).toMatchObject([200, { outcome: "already-done" }]);
  expect(await countKeys()).toBe(1);
});

test("every change takes the header", async () => {
  const header = () => ({ "idempotency-key": randomUUID() });
  const confirm = { confirm: "confirm" };
  const overlap = { ...confirm, overlapSeconds: 3_600 };
  const replies = [
    await caller.post(`${place}/enable`, {}, header()),
    await caller.post(`${place}/regenerate`, overlap, header()),
    await caller.post(`${place}/keep-longer`, { overlapSeconds: 86_400 }, header()),
    await caller.post(`${place}/retire`, {}, header()),
    await caller.patch(place, { expirationDate: "2063-04-05" }, header()),
    await caller.post(`${place}/disable`, confirm, header()),
  ];
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 200, 200, 200, 202]);
});

test.each<[string, object, Record<string, string>, RegExp]>([
  ["two ids that differ", { requestId: randomUUID() }, { "idempotency-key": randomUUID() }, /differ/],
  ["no id", {}, {}, /requestId, or the header Idempotency-Key/],
  ["a header that is no UUID", {}, { "idempotency-key": "once" }, /idempotency-key: Use a UUID/],
  ["a header with one quote", {}, { "idempotency-key": `"${randomUUID()}` }, /Use a UUID/],
])("%s is refused, and nothing is changed", async (_name, content, headers, detail) => {
  const reply = await caller.post(`${place}/enable`, content, headers);
  const told = expect.stringMatching(detail) as string;
  expect([reply.status, await reply.json()]).toMatchObject([400, { code: "BAD_INPUT", detail: told }]);
  expect(await countKeys()).toBe(0);
});

test("half of a pair of surrogates in a reason is refused as input", async () => {
  const content = { requestId: randomUUID(), confirm: "confirm", reason: "\ud800" };
  expect((await caller.post(`${place}/enable`, { requestId: randomUUID() })).status).toBe(201);
  const reply = await caller.post(`${place}/disable`, content);
  expect([reply.status, await reply.json()]).toMatchObject([400, { code: "BAD_INPUT" }]);
});
