import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { listDueKeys } from "@/lib/access-keys/data";
import { expireKey } from "@/lib/access-keys/lifecycle/expire";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { createApi } from "@/lib/api/app";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
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
let project: string;
let place: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  project = (await makeProject(db, [[mia, "member+"]])).slug;
  caller = await makeCaller(db, api.request, mia);
  place = `/projects/${project}/regions/north`;
});

const send = async (verb: string, content: object): Promise<Record<string, unknown>> => {
  const reply = await caller.post(`${place}/${verb}`, { requestId: randomUUID(), ...content });
  return { status: reply.status, ...((await reply.json()) as Record<string, unknown>) };
};
const readKey = async (accessKeyId: unknown) =>
  (await (await caller.get(`/projects/${project}/keys/${String(accessKeyId)}`)).json()) as Record<string, unknown>;
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const SHORT = { name: "laptop", removeAtExpiration: true };

/** What the worker does when the date of a key has passed. */
async function passDate(accessKeyId: unknown): Promise<void> {
  const where = { accessKeyId: String(accessKeyId) };
  const { id } = await db.accessKey.update({ where, data: { expiresAt: new Date(Date.now() - 1_000) } });
  expect(await listDueKeys(BEFORE_ALL_IDS, 100)).toContain(id);
  await expireKey(id);
  await revokeKey(id);
}

test("a short-lived key is removed at its date with receipts, and its name is free", async () => {
  const made = await send("enable", { ...SHORT, expirationDate: inAnHour() });
  expect(made).toMatchObject({ status: 201, name: "laptop" });
  expect(await readKey(made.accessKeyId)).toMatchObject({ state: "ACTIVE", removeAtExpiration: true });
  const card = (await (await caller.get(place)).json()) as Record<string, unknown>;
  expect(card).toMatchObject({ named: [{ key: { removeAtExpiration: true } }] });
  await passDate(made.accessKeyId);
  const ended = await readKey(made.accessKeyId);
  expect(ended).toMatchObject({ state: "REVOKED", endedBy: null, endReason: "expired" });
  expect(ended.receipts).toMatchObject([{ gateway: "north", firstRefusedAt: expect.any(String) }]);
  expect(JSON.stringify(ended.history)).toContain("when it is removed");
  expect(await send("enable", { ...SHORT, expirationDate: inAnHour() })).toMatchObject({ status: 201 });
});

test("any other key is switched off at its date and keeps its name", async () => {
  const made = await send("enable", { name: "host", expirationDate: inAnHour() });
  await passDate(made.accessKeyId);
  expect(await readKey(made.accessKeyId)).toMatchObject({ state: "EXPIRED", removeAtExpiration: false });
  expect(await send("enable", { name: "host" })).toMatchObject({ status: 409, reason: "name-taken" });
});

test("the key that replaces a short-lived one is removed at its date too", async () => {
  await send("enable", { ...SHORT, expirationDate: inAnHour() });
  const next = await send("regenerate", { name: "laptop", confirm: "confirm", expirationDate: inAnHour() });
  expect(await readKey(next.accessKeyId)).toMatchObject({ removeAtExpiration: true });
  await passDate(next.accessKeyId);
  expect(await readKey(next.accessKeyId)).toMatchObject({ state: "REVOKED" });
});

test("removal at a date needs a date", async () => {
  const refused = await send("enable", SHORT);
  expect(refused).toMatchObject({ status: 400 });
  expect(refused.detail).toContain("Give an expirationDate too");
});

test("the same request id with another end is another request", async () => {
  const requestId = randomUUID();
  const date = inAnHour();
  await send("enable", { requestId, name: "laptop", expirationDate: date });
  const other = await send("enable", { requestId, ...SHORT, expirationDate: date });
  expect(other).toMatchObject({ status: 409, reason: "request-reused" });
});
