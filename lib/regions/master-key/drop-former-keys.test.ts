import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey, parseMasterKeys, seal } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { Secret } from "@/lib/platform/secret";
import { createBuiltinProvider } from "@/lib/providers/builtin/builtin";
import type { Provider } from "@/lib/providers/provider";
import { dropFormerKeys } from "@/lib/regions/master-key/drop-former-keys";
import { pathOfSecrets, readStoredSecrets, writeStoredSecrets } from "@/lib/platform/config/stored-secrets";

const drawKey = () => randomBytes(32).toString("base64");
const KEY = {
  principal: "lk-one",
  accessKeyId: "LKTESTKEYSEALED00001",
  secretAccessKey: new Secret("s".repeat(40)),
  tag: "test",
  access: "full" as const,
};
const TOKEN = new Secret(randomBytes(24).toString("base64url"));
const context = () => ({ signal: AbortSignal.timeout(10_000), requestId: "test" });
let folder: string;
let [old, present] = ["", ""];

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-former-"));
  [old, present] = [drawKey(), drawKey()];
  await db.region.deleteMany();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the secrets as a rotation some minutes ago left them. */
function rotated(minutesAgo: number, former = old): void {
  writeStoredSecrets(folder, {
    LATCHKEY_MASTER_KEY: present,
    LATCHKEY_MASTER_KEY_FORMER: former,
    LATCHKEY_SESSION_SECRET: "kept",
  });
  const at = new Date(Date.now() - minutesAgo * 60_000);
  utimesSync(pathOfSecrets(folder), at, at);
}
const drop = (masterKey = present) =>
  dropFormerKeys(db, { LATCHKEY_DATA_DIR: folder, LATCHKEY_MASTER_KEY: masterKey }, new Date());
const readFormer = () => readStoredSecrets(folder).LATCHKEY_MASTER_KEY_FORMER;

async function withServer(
  masterKey: string,
  former: string,
  work: (provider: Provider) => Promise<unknown> = async () => {},
): Promise<void> {
  const [key, ...formerKeys] = parseMasterKeys(masterKey, former);
  const regions = [{ name: "north", port: 0, signingRegion: "north-1" }];
  const server = await startBuiltinS3({
    dataDir: folder,
    host: "127.0.0.1",
    regions,
    adminPort: 0,
    adminToken: TOKEN,
    masterKey: key,
    formerKeys,
  });
  const gateways = [{ name: "north", endpoint: server.regions[0]?.endpoint ?? "" }];
  await work(
    createBuiltinProvider({
      region: "north",
      signingRegion: "north-1",
      adminUrl: server.adminUrl,
      adminToken: TOKEN,
      gateways,
    }),
  ).finally(server.close);
}
const put = async (provider: Provider) => {
  await provider.ensurePrincipal(KEY.principal, "One", context());
  await provider.putKey(KEY, context());
};

test("a former key that seals nothing is dropped, but not within an hour of the rotation", async () => {
  rotated(59);
  expect(await drop()).toBe(0);
  rotated(61);
  expect(await drop()).toBe(1);
  expect(readStoredSecrets(folder)).toEqual({ LATCHKEY_MASTER_KEY: present, LATCHKEY_SESSION_SECRET: "kept" });
  expect(await drop()).toBe(0);
});

test("a former key that seals a region's credentials stays, and other keys are dropped", async () => {
  const base = {
    name: "east",
    provider: "builtin",
    endpoint: "http://127.0.0.1:1",
    signingRegion: "x",
    gateways: [],
    settings: {},
  };
  const sealedWith = (key: string) => ({
    sealedCredentials: Uint8Array.from(seal("{}", parseMasterKey(key), "region:east")),
  });
  const { id } = await db.region.create({ data: { ...base, ...sealedWith(old) } });
  rotated(61, `${drawKey()},${old}`);
  expect(await drop()).toBe(1);
  expect(readFormer()).toBe(old);
  rotated(61);
  expect(await drop()).toBe(0);
  await db.region.update({ where: { id }, data: sealedWith(present) });
  expect(await drop()).toBe(1);
});

test("a former key stays while the built-in server's journal needs it, until the server's next start", async () => {
  await withServer(old, "", put);
  rotated(61);
  expect(await drop()).toBe(0);
  await withServer(present, old);
  expect(await drop()).toBe(1);
  await withServer(present, "", async (provider) =>
    expect(await provider.listKeys(KEY.principal, context())).toHaveLength(1),
  );
});

test("a former key stays while only the history in the journal needs it", async () => {
  await withServer(old, "", async (provider) => {
    await put(provider);
    await provider.removeKey(KEY, context());
  });
  rotated(61);
  expect(await drop()).toBe(0);
  await withServer(present, old);
  expect(await drop()).toBe(1);
  await withServer(present, "", async (provider) =>
    expect(await provider.listKeys(KEY.principal, context())).toEqual([]),
  );
});

test("a start drops nothing when another process has just rotated the key", async () => {
  rotated(61);
  expect(await drop(old)).toBe(0);
  expect(readFormer()).toBe(old);
});
