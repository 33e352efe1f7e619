import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { EXIT } from "@/lib/cli/failure";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { checkRegionInput, putCheckedRegion } from "@/lib/regions/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const MASTER_KEY = parseMasterKey(env.LATCHKEY_MASTER_KEY);
const TOKEN = randomBytes(24).toString("base64url");
const api = createApi();
const folder = mkdtempSync(join(tmpdir(), "latchkey-api-regions-"));

let server: Awaited<ReturnType<typeof startBuiltinS3>>;
let portal: Awaited<ReturnType<typeof serveApp>>;
let admin: ApiCaller;

beforeAll(async () => {
  await startTestDatabase();
  server = await startBuiltinS3({
    dataDir: folder,
    host: "127.0.0.1",
    regions: ["east", "west"].map((name) => ({ name, port: 0, signingRegion: `${name}-1` })),
    adminPort: 0,
    adminToken: new Secret(TOKEN),
    masterKey: Buffer.alloc(32, 3),
  });
  portal = await serveApp(api);
  admin = await makeCaller(db, api.request, await makeUser(db, "Petra", { platformRole: "platform-admin" }));
});
afterAll(async () => {
  await Promise.all([server.close(), portal.stop()]);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  await db.region.deleteMany();
});

const endpointOf = (name: string) => server.regions.find((region) => region.name === name)?.endpoint ?? "";
const regionAt = (name: string) => ({
  name,
  provider: "builtin",
  endpoint: endpointOf(name),
  signingRegion: `${name}-1`,
  settings: { adminUrl: server.adminUrl },
  credentials: { adminToken: TOKEN },
});
async function read(asked: Promise<Response>): Promise<Record<string, unknown>> {
  const reply = await asked;
  const text = await reply.text();
  expect(text).not.toContain(TOKEN);
  return { ...(JSON.parse(text) as Record<string, unknown>), status: reply.status };
}
const readRow = () => db.region.findUniqueOrThrow({ where: { name: "east" } });

test("a region is checked, added, changed and switched; every change is in the audit log", async () => {
  const checked = await read(admin.post("/admin/providers/check", regionAt("east")));
  expect(checked).toMatchObject({ status: 200, passed: true });
  expect(checked.findings).toContainEqual({
    step: "owner",
    outcome: "passed",
    text: "No other region has its keys there.",
  });
  expect(await db.region.count()).toBe(0);
  expect(await read(admin.post("/admin/regions", regionAt("east")))).toMatchObject({ status: 200 });
  expect(await read(admin.get("/admin/regions"))).toMatchObject({
    regions: [{ name: "east", declared: false, checkError: null, warnings: [], disabledAt: null }],
  });
  const gateways = [endpointOf("east")];
  expect(await read(admin.patch("/admin/regions/east", { gateways }))).toMatchObject({ status: 200 });
  expect(await read(admin.patch("/admin/regions/east", { credentials: { adminToken: TOKEN } }))).toMatchObject({
    status: 200,
  });
  expect(await readRow()).toMatchObject({ gateways, settings: { adminUrl: server.adminUrl } });
  for (const on of [false, true, true]) {
    expect(await read(admin.post("/admin/regions/east/switch", { on }))).toMatchObject({ status: 200 });
    expect((await readRow()).disabledAt === null).toBe(on);
  }
  expect(await read(admin.post("/admin/regions/east/check", {}))).toMatchObject({ status: 200, passed: true });
  const events = await db.auditEvent.findMany({ where: { event: { startsWith: "region." } }, orderBy: { at: "asc" } });
  expect(events.map(({ event }) => event)).toEqual([
    "region.tested",
    "region.created",
    "region.changed",
    "region.changed",
    "region.disabled",
    "region.enabled",
    "region.checked",
  ]);
  expect(events[0]).toMatchObject({
    actorName: "Petra",
    outcome: "done",
    data: { name: "east", provider: "builtin", passed: true },
  });
  expect(JSON.stringify(events)).not.toContain(TOKEN);
});

test("what is wrong has its sentence, and nothing is saved", async () => {
  const right = regionAt("east");
  const wrong = { ...right, credentials: { adminToken: "x".repeat(40) } };
  expect(await read(admin.post("/admin/providers/check", wrong))).toMatchObject({ status: 200, passed: false });
  const tested = await db.auditEvent.findFirstOrThrow({ where: { event: "region.tested" }, orderBy: { at: "desc" } });
  expect(tested).toMatchObject({ outcome: "failed", data: { name: "east", provider: "builtin", passed: false } });
  const refusals = [
    [{ ...right, credentials: { adminToken: "x".repeat(40) } }, /the storage system refuses the admin token/],
    [{ ...right, gateways: ["http://127.0.0.1:9"] }, /did not answer/],
    [{ ...right, name: "north" }, /the server has no region north/],
    [{ ...right, provider: "swift" }, /There is no storage system of the kind swift/],
    [{ ...right, settings: {} }, /Admin address must be a URL/],
    [{ ...right, settings: { ...right.settings, store: "any" } }, /The check finds out store/],
    [{ ...right, settings: { ...right.settings, color: "red" } }, /color is unknown/],
    [{ ...right, gateways: [right.endpoint, right.endpoint] }, /A gateway is listed twice/],
  ] as const;
  for (const [region, sentence] of refusals)
    expect(await read(admin.post("/admin/regions", region))).toMatchObject({
      status: 409,
      detail: expect.stringMatching(sentence),
    });
  for (const body of [{ ...right, name: "new" }, { ...right, name: "../x" }, { ...right, color: "red" }, {}])
    expect(await read(admin.post("/admin/regions", body))).toMatchObject({ status: 400 });
  expect(await db.region.count()).toBe(0);
  expect(await read(admin.patch("/admin/regions/nowhere", { gateways: [] }))).toMatchObject({ status: 404 });
});

test("a storage system belongs to one region", async () => {
  await admin.post("/admin/regions", regionAt("east"));
  // Of another address and name; the store is the same.
  await db.region.update({ where: { name: "east" }, data: { name: "former", endpoint: "https://s3.example.test" } });
  expect(await read(admin.post("/admin/regions", regionAt("east")))).toMatchObject({
    status: 409,
    reason: "check-failed",
    detail: expect.stringContaining("this storage system belongs to the region former already"),
  });
  // Both checks passed before either region was saved.
  const { settings, credentials, ...west } = { ...regionAt("west"), gateways: [] };
  const secret = new Secret(JSON.stringify(credentials));
  const checked = await checkRegionInput({ ...west, settings, credentials: secret });
  expect(await read(admin.post("/admin/regions", regionAt("west")))).toMatchObject({ status: 200 });
  const save = withTransaction((tx) => putCheckedRegion(tx, SYSTEM_ACTOR, { ...checked, name: "other" }, MASTER_KEY));
  await expect(save).rejects.toMatchObject({
    code: "CONFLICT",
    userMessage: "The region other was not saved: this storage system belongs to the region west already.",
  });
  expect(await read(admin.post("/admin/regions", regionAt("west")))).toMatchObject({
    status: 409,
    detail: expect.stringContaining("There is already a region west"),
  });
});

test("stored credentials go to no other address, and a declared region is read-only", async () => {
  await admin.post("/admin/regions", regionAt("east"));
  const moved = { settings: { adminUrl: "http://127.0.0.1:9" } };
  expect(await read(admin.patch("/admin/regions/east", moved))).toMatchObject({
    status: 409,
    detail: expect.stringContaining("give them again"),
  });
  await db.region.update({ where: { name: "east" }, data: { declared: true } });
  for (const asked of [
    admin.patch("/admin/regions/east", { gateways: [] }),
    admin.post("/admin/regions/east/switch", { on: false }),
  ])
    expect(await read(asked)).toMatchObject({
      status: 409,
      detail: expect.stringContaining("The regions file declares east"),
    });
  expect(await read(admin.get("/admin/regions"))).toMatchObject({ regions: [{ declared: true, disabledAt: null }] });
});

test.each([["support"], [undefined]])(
  "a person with the platform role %s finds nothing there",
  async (platformRole) => {
    const user = await makeUser(db, "Sam", platformRole ? { platformRole: "support" } : {});
    const other = await makeCaller(db, api.request, user);
    for (const asked of [
      other.get("/admin/regions"),
      other.get("/admin/providers"),
      other.post("/admin/regions", regionAt("east")),
      other.post("/admin/providers/check", regionAt("east")),
    ])
      expect(await read(asked)).toMatchObject({ status: 404 });
    expect(await db.region.count()).toBe(0);
  },
);

test("latchkey admin regions does the same, with secrets from standard input", async () => {
  const env = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: admin.token };
  const latchkey = (line: string, input?: string) =>
    runLatchkeyHere(["admin", "regions", ...line.split(" ")], { env, ...(input === undefined ? {} : { input }) });
  const facts = `--endpoint ${endpointOf("east")} --signing-region east-1 --setting adminUrl=${server.adminUrl}`;
  const wrong = await latchkey(`check east --provider builtin ${facts}`, "x".repeat(40));
  expect(wrong).toMatchObject({ code: EXIT.refused });
  expect(wrong.printed).toMatch(/^FAILED +The storage system refuses the admin token\. Next step: /m);
  const secret = await latchkey(`add east --provider builtin ${facts} --credential adminToken=${TOKEN}`);
  expect(secret).toMatchObject({ code: EXIT.usage });
  expect(secret.complaint).not.toContain(TOKEN);
  const added = await latchkey(`add east --provider builtin ${facts}`, TOKEN);
  expect(added).toMatchObject({ code: EXIT.done, printed: expect.stringContaining("The region east is added.") });
  expect((await latchkey("list")).printed).toMatch(/^east +builtin +http.* works/m);
  expect((await latchkey("providers")).printed).toMatch(/adminToken \(required; asked for, or from standard input\)/);
  expect((await latchkey("check-now east")).code).toBe(EXIT.done);
  expect((await latchkey(`edit east --gateway ${endpointOf("east")}`)).code).toBe(EXIT.done);
  const removal = await latchkey("edit east --credential adminToken=");
  expect(removal).toMatchObject({
    code: EXIT.refused,
    complaint: expect.stringContaining("Admin token is missing or wrong"),
  });
  expect((await latchkey("replace-credentials east", "x".repeat(40))).code).toBe(EXIT.refused);
  expect((await latchkey("replace-credentials east", TOKEN)).code).toBe(EXIT.done);
  expect((await latchkey("switch-off east --yes")).code).toBe(EXIT.done);
  expect((await readRow()).disabledAt).not.toBeNull();
  expect((await latchkey("switch-on east")).code).toBe(EXIT.done);
  expect((await readRow()).disabledAt).toBeNull();
});
