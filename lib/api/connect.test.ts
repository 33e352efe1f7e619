import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { createApi } from "@/lib/api/app";
import { CLIENT_NAMES, connectionOf, describeValidity, guideClient, SECRET_PLACEHOLDER } from "@/lib/clients/rules";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { addNamedKey, decideEnd, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const api = createApi();
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
  caller = await makeCaller(db, api.request, mia);
});

const ask = async (path: string, at = caller) => {
  const reply = await at.get(`/projects/${scope.slug}/regions/north/connect/${path}`);
  const text = await reply.text();
  return { status: reply.status, text, content: JSON.parse(text) as Record<string, unknown> };
};

test.each(CLIENT_NAMES)("%s: the API tells the texts of the page, and never a secret", async (client) => {
  const { change, secret } = await makeKey(scope, "north");
  const { status, text, content } = await ask(client);
  const card = await loadCard(scope, "north");
  const { accessKeyId } = change;
  const shown = guideClient(client, connectionOf(card, { accessKeyId }));
  const { region, signingRegion, endpoint } = { region: "north", ...card.region };
  expect([status, content]).toEqual([
    200,
    {
      client,
      profile: "north",
      connection: { region, endpoint, signingRegion, accessKeyId, plainUploads: false, readOnly: false },
      ...shown,
      validity: describeValidity(env.LATCHKEY_BRAND),
    },
  ]);
  expect(text).not.toContain(secret.reveal());
});

test("a placeholder stands in the place of the secret", async () => {
  await makeKey(scope, "north");
  expect((await ask("aws")).text).toContain(`aws_secret_access_key = ${SECRET_PLACEHOLDER}`);
});

test("a named key has its own profile, and the texts of a read-only key write nothing", async () => {
  await makeKey(scope, "north");
  const { change, secret } = await addNamedKey(scope, "north", "backup host", "READ_ONLY");
  const { content, text } = await ask("rclone?name=backup%20host");
  const connection = { accessKeyId: change.accessKeyId, readOnly: true };
  expect(content).toMatchObject({ profile: "north-backup-host", connection });
  expect(text).not.toContain("mkdir");
  expect(text).not.toContain(secret.reveal());
});

test("without a current key of that name there is nothing to connect", async () => {
  const refused = { status: 409, content: { code: "CONFLICT", reason: "not-enabled" } };
  expect(await ask("aws")).toMatchObject(refused);
  await makeKey(scope, "north");
  expect(await ask("aws?name=nobody")).toMatchObject(refused);
  await decideEnd(scope, "north");
  expect(await ask("aws")).toMatchObject(refused);
});

test("an unknown client is refused with the names of all, and an unknown field by its name", async () => {
  const { status, content } = await ask("cyberduck");
  expect([status, content.code]).toEqual([400, "BAD_INPUT"]);
  for (const name of CLIENT_NAMES) expect(content.detail).toContain(name);
  expect(await ask("aws?colour=red")).toMatchObject({ status: 400, text: expect.stringContaining("colour") as string });
});

test("who may not read keys gets no texts, and a token that may only read does", async () => {
  await makeKey(scope, "north");
  const reader = await makeCaller(db, api.request, mia, { project: scope.slug, scope: "read" });
  expect((await ask("aws", reader)).status).toBe(200);
  expect((await reader.get(`/projects/${scope.slug}/regions/nowhere/connect/aws`)).status).toBe(404);
  await db.membership.updateMany({ where: { userId: mia.userId }, data: { role: "member" } });
  expect((await ask("aws")).status).toBe(404);
});
