import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type BuiltinS3, startBuiltinS3 } from "@/lib/builtin-s3/server";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { openCredentials } from "@/lib/regions/data";
import { runCommand } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";

const TOKEN = randomBytes(24).toString("base64url");
const WRONG = "a-wrong-token-of-enough-length";
let folder: string;
let server: BuiltinS3;
let flags: string[];

beforeAll(async () => {
  await startTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "latchkey-cli-"));
  server = await startBuiltinS3({
    dataDir: folder,
    host: "127.0.0.1",
    regions: [{ name: "east", port: 0, signingRegion: "east-1" }],
    adminPort: 0,
    adminToken: new Secret(TOKEN),
    masterKey: parseMasterKey(env.LATCHKEY_MASTER_KEY),
  });
  const endpoint = server.regions[0]?.endpoint ?? "";
  flags = ["--endpoint", endpoint, "--signing-region", "east-1", "--admin-url", server.adminUrl];
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => db.region.deleteMany());

const create = (input = TOKEN) => runCommand(["region", "create", "east", ...flags], input);
const findEast = () => db.region.findUniqueOrThrow({ where: { name: "east" } });
const list = async () => (await runCommand(["region", "list"])).printed;

test("create checks the storage system and seals the secret from standard input", async () => {
  const created = await create(`${TOKEN}\n`);
  expect(created).toEqual({ code: 0, printed: "Added the region east.\n", complaint: "" });
  const east = await findEast();
  expect(JSON.parse(openCredentials(east).reveal())).toEqual({ adminToken: TOKEN });
  expect(Buffer.from(east.sealedCredentials ?? []).toString("latin1")).not.toContain(TOKEN);
  expect(await list()).toMatch(/^east +builtin +http:\/\/127\.0\.0\.1:\d+ +east-1 +(answers|not checked) +nothing$/m);
  expect(await list()).not.toContain(TOKEN);
});

test("create saves nothing when the check fails, and does not print the secret", async () => {
  const refused = await create(WRONG);
  expect(refused).toEqual({
    code: 1,
    printed: "",
    complaint: "The region east was not saved: the storage system refuses the admin token.\n",
  });
  expect(await db.region.count()).toBe(0);
});

test("create does not overwrite a region", async () => {
  await create();
  const before = await findEast();
  expect(await create()).toEqual({
    code: 1,
    printed: "",
    complaint: "There is already a region east. To change it, use region change.\n",
  });
  expect(await findEast()).toEqual(before);
});

test("create --builtin takes the addresses from the settings", async () => {
  expect((await runCommand(["region", "create", "north", "--builtin"])).printed).toBe("Added the region north.\n");
  expect(await list()).toMatch(/^north +builtin +http:\/\/127\.0\.0\.1:9000 +north-1 /m);
});

test.each([
  ["no endpoint", ["create", "west"], "Give --endpoint and --signing-region, or only --builtin."],
  [
    "another option with --builtin",
    ["create", "north", "--builtin", "--endpoint", "http://127.0.0.1:1"],
    "Give no other option with --builtin: the addresses of the region come from the settings.",
  ],
  [
    "a region that the built-in server does not have",
    ["create", "west", "--builtin"],
    "The built-in S3 server has only the regions north and south.",
  ],
  [
    "a metadata service as the endpoint",
    ["create", "west", "--endpoint", "http://169.254.169.254", "--signing-region", "x"],
    "--endpoint must be a URL that is not link-local",
  ],
  [
    "a setting without a value, which may be a secret",
    ["create", "west", "--endpoint", "http://127.0.0.1:1", "--signing-region", "x", "--setting", "sesame"],
    "--setting must be name=value.",
  ],
  [
    "an unknown provider",
    ["create", "west", "--endpoint", "http://127.0.0.1:1", "--signing-region", "x", "--provider", "swift"],
    'no provider of the kind "swift"; there are builtin, ceph-rgw, keystone',
  ],
  ["an unknown option", ["create", "west", "--secret", "sesame"], "unknown option '--secret'"],
  ["nothing to change", ["change", "west"], "Nothing to change: give at least one option."],
  ["a region that is not there", ["change", "west", "--endpoint", "http://127.0.0.1:1"], "There is no region west."],
  ["disabling a region that is not there", ["disable", "west"], "There is no region west."],
  ["no file to apply", ["apply"], "Give a file, or set LATCHKEY_REGIONS."],
  ["a file that does not exist", ["apply", "/nowhere/regions.yaml"], "/nowhere/regions.yaml does not exist"],
])("%s is refused and changes nothing", async (_case, args, sentence) => {
  const refused = await runCommand(["region", ...args], TOKEN);
  expect(refused).toMatchObject({ code: 1, printed: "" });
  expect(refused.complaint).toContain(sentence);
  expect(refused.complaint).not.toMatch(new RegExp(`sesame|${TOKEN}`));
  expect(await db.region.count()).toBe(0);
});

test("change saves what is given after a check, and keeps the rest", async () => {
  await create();
  const before = await findEast();
  const wrong = await runCommand(["region", "change", "east", "--credentials"], WRONG);
  expect(wrong.complaint).toBe("The region east was not saved: the storage system refuses the admin token.\n");
  expect(await findEast()).toEqual(before);
  const gateway = server.regions[0]?.endpoint ?? "";
  const change = ["region", "change", "east", "--endpoint", "https://s3.example.test", "--gateway", gateway];
  expect(await runCommand(change)).toEqual({ code: 0, printed: "Changed the region east.\n", complaint: "" });
  expect(await findEast()).toMatchObject({ endpoint: "https://s3.example.test", gateways: [gateway] });
  expect((await runCommand(["region", "change", "east", "--credentials"], TOKEN)).code).toBe(0);
  expect(JSON.parse(openCredentials(await findEast()).reveal())).toEqual({ adminToken: TOKEN });
});

test("disable, enable and check", async () => {
  await create();
  expect((await runCommand(["region", "disable", "east"])).printed).toBe("Disabled the region east.\n");
  expect(await list()).toMatch(/^east .* disabled +nothing$/m);
  expect((await runCommand(["region", "enable", "east"])).printed).toBe("Enabled the region east.\n");
  expect((await runCommand(["region", "check"])).printed).toMatch(/^east .* answers +nothing$/m);
});

test("apply saves what passes its check, names what does not, and then fails", async () => {
  const path = join(folder, "regions.yaml");
  const describe = (name: string, token: string) => `
  - name: ${name}
    provider: builtin
    endpoint: ${server.regions[0]?.endpoint}
    signingRegion: east-1
    settings: { adminUrl: "${server.adminUrl}" }
    credentials: { adminToken: "${token}" }`;
  writeFileSync(path, `regions:${describe("east", TOKEN)}${describe("west", WRONG)}\n`, { mode: 0o600 });
  const applied = await runCommand(["region", "apply", path]);
  expect(applied.code).toBe(1);
  expect(applied.printed).toContain("The region east is added.\n");
  expect(applied.printed).toContain("The region west was not saved: the storage system refuses the admin token.");
  expect(applied.printed).toMatch(/^2 declared, 1 saved, 1 failed\.$/m);
  expect(applied.complaint).toBe("Not every region could be saved; the reasons are above.\n");
  expect(applied.printed).not.toMatch(new RegExp(`${TOKEN}|${WRONG}`));
  expect((await findEast()).declared).toBe(true);
  writeFileSync(path, `regions:${describe("east", TOKEN)}\n`);
  expect(await runCommand(["region", "apply", path])).toEqual({
    code: 0,
    printed: "1 declared, 0 saved, 0 failed.\n",
    complaint: "",
  });
});
