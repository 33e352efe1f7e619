import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { openProvider } from "@/lib/regions/data";
import { applyRegionsFile } from "@/lib/regions/file/apply-regions-file";
import { readRegionsFile } from "@/lib/regions/file/read-regions-file";

const TOKEN = randomBytes(24).toString("base64url");
const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
let folder: string;
let begun: Date;
let server: Awaited<ReturnType<typeof startBuiltinS3>>;

beforeAll(async () => {
  await startTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "latchkey-regions-file-"));
  const regions = ["east", "west"].map((name) => ({ name, port: 0, signingRegion: `${name}-1` }));
  server = await startBuiltinS3({
    dataDir: folder,
    host: "127.0.0.1",
    regions,
    adminPort: 0,
    adminToken: new Secret(TOKEN),
    masterKey,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await db.region.deleteMany();
  begun = await readDatabaseClock(db);
});

interface Wish {
  name: string;
  endpoint?: string;
  provider?: string;
  token?: string;
}

function describe({
  name,
  endpoint = "https://s3.example.test",
  provider = "builtin",
  token = "${TOKEN}",
}: Wish): string {
  const gateway = server.regions.find((region) => region.name === name)?.endpoint ?? "http://127.0.0.1:1";
  return `
  - name: ${name}
    provider: ${provider}
    endpoint: ${endpoint}
    signingRegion: ${name}-1
    gateways: [ "${gateway}" ]
    settings:
      adminUrl: ${server.adminUrl}
    credentials: ${provider === "builtin" ? `{ adminToken: "${token}" }` : `{ accessKeyId: a, secretAccessKey: "${token}" }`}`;
}

async function apply(wishes: Wish[], environment: Record<string, string> = { TOKEN }) {
  const path = join(folder, "regions.yaml");
  writeFileSync(path, wishes.length > 0 ? `regions:${wishes.map(describe).join("")}\n` : "regions: []\n");
  chmodSync(path, 0o600);
  return applyRegionsFile(db, readRegionsFile(path, environment), masterKey, SYSTEM_ACTOR);
}
const events = async () =>
  (await db.auditEvent.findMany({ where: { at: { gte: begun } }, orderBy: { at: "asc" } })).map(({ event }) => event);
const readRegion = (name: string) => db.region.findUniqueOrThrow({ where: { name } });

test("new regions are checked, saved and usable; the same file again changes nothing and prints no line", async () => {
  const first = await apply([{ name: "east" }, { name: "west" }]);
  expect(first).toEqual({ lines: ["The region east is added.", "The region west is added."], saved: 2, failed: 0 });
  const east = await readRegion("east");
  expect(Buffer.from(east.sealedCredentials ?? []).toString("latin1")).not.toContain(TOKEN);
  await openProvider(east).check({ signal: AbortSignal.timeout(5_000), requestId: "test" });
  const before = await readRegion("west");
  expect(await apply([{ name: "east" }, { name: "west" }])).toEqual({ lines: [], saved: 0, failed: 0 });
  expect(await readRegion("west")).toEqual(before);
  expect(await events()).toEqual(["region.created", "region.created"]);
});

test("a change in the file is saved, and the file overwrites a change from elsewhere", async () => {
  await apply([{ name: "east" }]);
  expect(await apply([{ name: "east", endpoint: "https://new.example.test" }])).toMatchObject({
    lines: ["The region east is changed."],
  });
  expect((await readRegion("east")).endpoint).toBe("https://new.example.test");
  await db.region.update({ where: { name: "east" }, data: { endpoint: "https://other.example.test" } });
  await apply([{ name: "east", endpoint: "https://new.example.test" }]);
  expect((await readRegion("east")).endpoint).toBe("https://new.example.test");
  expect(await events()).toEqual(["region.created", "region.changed", "region.changed"]);
});

test("a region that fails its check stays unchanged, and the others are saved", async () => {
  await apply([{ name: "east" }]);
  const before = await readRegion("east");
  const wrong = { name: "east", endpoint: "https://new.example.test", token: "a-wrong-token-of-enough-length" };
  const applied = await apply([wrong, { name: "nowhere" }, { name: "west" }]);
  expect(applied).toMatchObject({ saved: 1, failed: 2 });
  expect(applied.lines).toEqual([
    "regions.yaml:2: The region east was not saved: the storage system refuses the admin token. The region stays unchanged.",
    "regions.yaml:10: The region nowhere was not saved: the server has no region nowhere.",
    "The region west is added.",
  ]);
  expect(await readRegion("east")).toEqual(before);
  expect(await db.region.count()).toBe(2);
});

test("a region that is no longer declared stays, and a line names the command that disables it", async () => {
  await apply([{ name: "east" }, { name: "west" }]);
  const told = "The region east is no longer declared; disable it with: npm run admin -- region disable east";
  expect(await apply([{ name: "west" }])).toEqual({ lines: [told], saved: 0, failed: 0 });
  await db.region.update({ where: { name: "east" }, data: { disabledAt: new Date() } });
  expect((await apply([])).lines).toEqual([told.replaceAll("east", "west")]);
  expect(await db.region.count()).toBe(2);
});

test("a region from the command line becomes declared when the file has the same, and is not reported when the file lacks it", async () => {
  await apply([{ name: "east" }, { name: "west" }]);
  await db.region.updateMany({ data: { declared: false, sealedRotation: new Uint8Array([1]) } });
  expect(await apply([{ name: "east" }])).toEqual({ lines: [], saved: 0, failed: 0 });
  // The file counts, so a rotation of the credentials ends without its proof.
  expect(await readRegion("east")).toMatchObject({ declared: true, sealedRotation: null });
  expect(await events()).toEqual(["region.created", "region.created", "region.rotation-given-up"]);
});

test("a region cannot change its provider, because the portal would lose its keys", async () => {
  await apply([{ name: "east" }]);
  const { lines, failed } = await apply([{ name: "east", provider: "ceph-rgw" }]);
  expect(failed).toBe(1);
  expect(lines).toEqual([
    "regions.yaml:2: The region east was not saved: its provider is builtin, and its keys are there. Give the new region another name.",
  ]);
  expect((await readRegion("east")).provider).toBe("builtin");
});

test("credentials that cannot be opened are sealed again", async () => {
  await apply([{ name: "east" }]);
  const { sealedCredentials } = await readRegion("east");
  const damaged = Uint8Array.from(Buffer.from(sealedCredentials ?? []).reverse());
  await db.region.update({ where: { name: "east" }, data: { sealedCredentials: damaged } });
  expect(await apply([{ name: "east" }])).toMatchObject({ saved: 1 });
  expect(() => openProvider({ ...east(), sealedCredentials: damaged })).toThrow(/cannot be opened/);
  expect(openProvider(await readRegion("east")).gateways()).toHaveLength(1);
  function east() {
    return {
      id: "0",
      name: "east",
      provider: "builtin",
      endpoint: "",
      signingRegion: "",
      gateways: [],
      settings: {},
    } as never as Awaited<ReturnType<typeof readRegion>>;
  }
});

test("two starts at once save a new region once, and both succeed", async () => {
  const path = join(folder, "two.yaml");
  writeFileSync(path, `regions:${describe({ name: "east" })}\n`);
  const file = readRegionsFile(path, { TOKEN });
  const both = await Promise.all([1, 2].map(() => applyRegionsFile(db, file, masterKey, SYSTEM_ACTOR)));
  expect(both.map(({ saved, failed }) => [saved, failed]).sort()).toEqual([
    [0, 0],
    [1, 0],
  ]);
  expect(await db.region.count()).toBe(1);
});

test("a missing file, a long file, a file that is not text, and a readable secret are refused", () => {
  const path = join(folder, "file.yaml");
  const complaint = (content: string | Buffer, mode = 0o600) => {
    writeFileSync(path, content);
    chmodSync(path, mode);
    return () => readRegionsFile(path, { TOKEN });
  };
  expect(() => readRegionsFile(join(folder, "nobody.yaml"), {})).toThrow(
    /^LATCHKEY_REGIONS: .*nobody\.yaml does not exist$/,
  );
  expect(() => readRegionsFile(folder, {})).toThrow(/ is not a file$/);
  expect(complaint("#".repeat(262_145))).toThrow(/ is longer than 256 KB$/);
  expect(complaint(Buffer.from([0xff, 0xfe]))).toThrow(/ is not UTF-8 text$/);
  const literal = `regions:${describe({ name: "east", token: TOKEN })}\n`;
  expect(complaint(literal)).not.toThrow();
  expect(complaint(literal, 0o640)).toThrow(
    /^file\.yaml:9: adminToken is a secret in a file that other users can read/,
  );
  expect(complaint(`regions:${describe({ name: "east" })}\n`, 0o644)).not.toThrow();
});
