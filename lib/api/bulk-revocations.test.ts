import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { runRegion } from "@/lib/bulk-revocations/run/run-region";
import { settleBulkRevocations } from "@/lib/bulk-revocations/run/settle";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { addNamedKey } from "@/testing/factories/keys";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";

const api = createApi();
const project = useProjectWithKeys();
const PATH = "/support/bulk-revocations";

let sam: Actor;
let caller: ApiCaller;

beforeEach(async () => {
  await db.rateLimit.deleteMany();
  sam = await makeUser(db, "Sam", { platformRole: "support" });
  caller = await makeCaller(db, api.request, sam);
});

async function read(asked: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  return { ...((await reply.json()) as Record<string, unknown>), status: reply.status };
}

async function work(): Promise<void> {
  for (const { id } of await db.region.findMany()) await runRegion(id, Date.now() + 60_000);
  await settleBulkRevocations();
}

test("a dry run is a preview, its keys are revoked, and the results are listed, filtered and exported", async () => {
  const { change } = await project.makeKey();
  const named = await addNamedKey(project.scope, "north", "=1+1");
  const choice = { project: project.scope.slug };
  const shown = await read(caller.post(PATH, { ...choice, dryRun: true }));
  expect(shown).toMatchObject({ status: 200, dryRun: true, preview: { keys: 2 } });
  expect(await db.bulkRevocation.count({ where: { startedById: sam.userId } })).toBe(0);
  const { seen } = shown.preview as { seen: object };
  const body = { ...choice, reason: "leaked", confirm: "confirm", requestId: randomUUID(), seen };
  const started = await read(caller.post(PATH, body));
  expect(started).toMatchObject({ status: 202, outcome: "started", keys: 2 });
  expect(await read(caller.post(PATH, body))).toMatchObject({ status: 202, outcome: "already-done", id: started.id });
  const { requestId, ...without } = body;
  const again = caller.post(PATH, without, { "idempotency-key": requestId });
  expect(await read(again)).toMatchObject({ status: 202, outcome: "already-done", id: started.id });
  expect(await read(caller.post(PATH, body, { "idempotency-key": randomUUID() }))).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/Idempotency-Key and the field requestId differ/) as string,
  });
  const one = `${PATH}/${String(started.id)}`;
  expect(await read(caller.get(one))).toMatchObject({ finishedAt: null, counts: { waiting: 2 } });
  await work();
  expect(await read(caller.get(one))).toMatchObject({ status: 200, keys: 2, counts: { revoked: 2, waiting: 0 } });
  const { keys } = await read(caller.get(`${one}/keys?result=revoked`));
  const ids = [change.accessKeyId, named.change.accessKeyId].toSorted();
  expect((keys as { accessKeyId: string }[]).map(({ accessKeyId }) => accessKeyId).toSorted()).toEqual(ids);
  expect(await read(caller.get(`${one}/keys?result=failed`))).toMatchObject({ keys: [], next: null });
  expect((await read(caller.get(PATH))).revocations).toMatchObject([{ id: started.id, startedBy: "Sam" }]);
  const csv = await caller.get(`${one}/export?format=csv`);
  expect(csv.headers.get("content-disposition")).toContain(".csv");
  const lines = (await csv.text()).trim().split("\r\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe("access key,project,region,result,state,failure");
  const ndjson = (await (await caller.get(`${one}/export`)).text()).trim().split("\n");
  expect(ndjson.map((line) => JSON.parse(line) as object)).toMatchObject([
    { result: "revoked", state: "REVOKED" },
    { result: "revoked", state: "REVOKED" },
  ]);
  expect(await read(caller.post(`${one}/retry`, {}))).toMatchObject({ status: 409, reason: "nothing-failed" });
});

test("the pages of the keys follow each other and hold every key once", async () => {
  const { change } = await project.makeKey();
  const key = await db.accessKey.findUniqueOrThrow({ where: { id: change.keyId } });
  const { id } = await db.bulkRevocation.create({
    data: {
      ...{ startedById: sam.userId, actorId: sam.userId, requestId: randomUUID() },
      ...{ inputHash: "", reason: "r", chosenBy: "text", finishedAt: new Date() },
    },
  });
  const others = Array.from({ length: 51 }, (_none, position) => ({
    id: randomUUID(),
    accessKeyId: `LK${String(position).padStart(18, "0")}${randomUUID().slice(0, 8).toUpperCase()}`,
  }));
  const { createdAt: _createdAt, ...copied } = key;
  await db.accessKey.createMany({ data: others.map((other) => ({ ...copied, ...other, state: "REVOKED" as const })) });
  await db.bulkRevocationKey.createMany({
    data: others.map((other, position) => ({
      ...{ bulkRevocationId: id, keyId: other.id, regionId: key.regionId },
      ...{ position, state: "REVOKED" as const },
    })),
  });
  const first = await read(caller.get(`${PATH}/${id}/keys`));
  const second = await read(caller.get(`${PATH}/${id}/keys?cursor=${String(first.next)}`));
  const listed = [...(first.keys as object[]), ...(second.keys as object[])];
  expect(second.next).toBeNull();
  expect(listed).toMatchObject(others.map(({ accessKeyId }) => ({ accessKeyId })));
});

test("bad input has its sentence, and nothing is changed", async () => {
  const fine = { project: project.scope.slug, reason: "leaked", confirm: "confirm" };
  const refuse = async (body: object) => read(caller.post(PATH, body));
  expect(await refuse({ ...fine, region: "north" })).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/Give one of/) as string,
  });
  expect(await refuse({ project: fine.project, confirm: "confirm" })).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/Say why/) as string,
  });
  expect(await refuse({ ...fine, confirm: undefined })).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/confirm/) as string,
  });
  expect(await refuse({ ...fine, confirm: "yes" })).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/Type the word confirm/) as string,
  });
  expect(await refuse({ ...fine, other: 1 })).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/other/) as string,
  });
  expect(await refuse({ ...fine, project: "nowhere" })).toMatchObject({ status: 409, reason: "no-such-project" });
  expect(await read(caller.get(`${PATH}/${randomUUID()}`))).toMatchObject({ status: 404 });
  expect(await read(caller.get(`${PATH}/${randomUUID()}/keys?cursor=no`))).toMatchObject({ status: 404 });
  const long = { text: "x".repeat(1024 * 1024), reason: "leaked", confirm: "confirm" };
  expect(await refuse(long)).toMatchObject({
    status: 413,
    detail: expect.stringMatching(/longer than 1048576 bytes/) as string,
  });
  expect(await db.bulkRevocation.count({ where: { startedById: sam.userId } })).toBe(0);
});

test("nobody but support and platform admins sees any of it, and a token that reads changes nothing", async () => {
  const mia = await makeCaller(db, api.request, project.mia);
  const fine = { project: project.scope.slug, reason: "leaked", confirm: "confirm" };
  for (const asked of [mia.post(PATH, fine), mia.get(PATH), mia.get(`${PATH}/${randomUUID()}`)])
    expect((await asked).status).toBe(404);
  const reader = await makeCaller(db, api.request, sam, { scope: "read" });
  expect((await reader.get(PATH)).status).toBe(200);
  expect((await reader.post(PATH, fine)).status).toBe(403);
});
