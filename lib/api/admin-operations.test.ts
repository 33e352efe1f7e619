import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import { type Actor, authorizeProject } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeCaller } from "@/testing/factories/api-caller";
import { issueUnacknowledged } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const api = createApi();
const PATH = "/admin/operations";

let storage: Storage;
let portal: Awaited<ReturnType<typeof serveApp>>;
let pat: Actor;
let mia: Actor;
let stuck: { operationId: string; accessKeyId: string };

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  portal = await serveApp(api);
  pat = await makeUser(db, "Pat", { platformRole: "platform-admin" });
  mia = await makeUser(db, "Mia");
  const scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
  stuck = (await issueUnacknowledged(scope, "north")).change;
  const dueAt = new Date(Date.now() - 60_000);
  await db.operation.update({ where: { id: stuck.operationId }, data: { dueAt } });
});
afterAll(async () => {
  await portal.stop();
  await storage.stop();
});

async function read(asked: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  return { ...((await reply.json()) as Record<string, unknown>), status: reply.status };
}

test("a platform admin lists unfinished changes and retries one; whatever does not fit is refused", async () => {
  const caller = await makeCaller(db, api.request, pat, { scope: "manage" });
  const { operationId: id, accessKeyId } = stuck;
  const listed = await read(caller.get(`${PATH}?state=stuck`));
  expect(listed).toMatchObject({
    status: 200,
    operations: [{ id, accessKeyId, region: "north", who: mia.name, state: "stuck", what: "Enable CLI Access" }],
    next: null,
  });
  expect(await read(caller.get(`${PATH}?state=failed`))).toMatchObject({ operations: [] });
  expect(await read(caller.post(`${PATH}/retry`, { id }))).toMatchObject({ status: 200, outcome: "done" });
  expect(await read(caller.post(`${PATH}/retry`, { id: randomUUID() }))).toMatchObject({
    status: 409,
    reason: "settled",
  });
  for (const asked of [
    caller.get(`${PATH}?state=lost`),
    caller.get(`${PATH}?cursor=x`),
    caller.post(`${PATH}/retry`, { id: "../x" }),
    caller.post(`${PATH}/retry`, { id, kind: "operation" }),
    caller.post(`${PATH}/retry`, {}),
  ])
    expect((await asked).status).toBe(400);
});

test("nobody else finds anything here, and a token needs the scope for it", async () => {
  const sue = await makeUser(db, "Sue", { platformRole: "support" });
  for (const person of [mia, sue]) {
    const other = await makeCaller(db, api.request, person, { scope: "manage" });
    expect((await other.get(PATH)).status).toBe(404);
    expect((await other.post(`${PATH}/retry`, { id: stuck.operationId })).status).toBe(404);
  }
  const writer = await makeCaller(db, api.request, pat, { scope: "write" });
  expect((await writer.get(PATH)).status).toBe(200);
  expect((await writer.post(`${PATH}/retry`, { id: stuck.operationId })).status).toBe(403);
});

test("the command line does the same", async () => {
  const { token } = await makeCaller(db, api.request, pat, { scope: "manage" });
  const variables = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: token };
  const run = (line: string) => runLatchkeyHere(`admin operations ${line}`.split(" "), { env: variables });
  const { operationId, accessKeyId } = stuck;
  expect((await run("list --state stuck")).printed).toMatch(
    new RegExp(`^${operationId} .* stuck .*${accessKeyId}`, "m"),
  );
  expect((await run("list --state failed")).printed).toContain("There are none.");
  expect(await run(`retry ${operationId}`)).toMatchObject({ code: EXIT.done });
  const settled = await run(`retry ${randomUUID()}`);
  expect([settled.code, settled.complaint]).toEqual([EXIT.refused, expect.stringContaining("is settled by now")]);
  expect((await run("list --state lost")).code).toBe(EXIT.usage);
  expect((await run("retry nothing")).code).toBe(EXIT.usage);
});
