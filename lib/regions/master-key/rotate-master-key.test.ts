import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startTestDatabase } from "@/testing/database/test-database";
import { keyIdOf, parseMasterKey, seal, unseal } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { env } from "@/lib/platform/env";
import { credentialsContext, openCredentials, rotationContext } from "@/lib/regions/data";
import { ensureSecrets, readStoredSecrets } from "@/lib/platform/config/stored-secrets";
import { planSettings } from "@/lib/platform/config/resolve-settings";
import { rotateMasterKey } from "@/lib/regions/master-key/rotate-master-key";

// Set before any module reads the settings.
const folder = await vi.hoisted(async () => {
  const { mkdtempSync } = await import("node:fs");
  process.env.LATCHKEY_DATA_DIR = mkdtempSync("/tmp/latchkey-rotate-");
  return process.env.LATCHKEY_DATA_DIR;
});
const secretsPath = join(folder, "secrets.json");

/** The key with which this process started, as the web server and the worker do. */
const OLD = env.LATCHKEY_MASTER_KEY;
let begun: Date;

beforeAll(() => startTestDatabase());
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  begun = await readDatabaseClock(db);
  await db.region.deleteMany();
  for (const name of ["east", "west"]) await addRegion(name, parseMasterKey(OLD));
  store({ LATCHKEY_MASTER_KEY: OLD });
});

async function addRegion(name: string, key: Buffer): Promise<void> {
  const base = {
    name,
    provider: "builtin",
    endpoint: "http://127.0.0.1:1",
    signingRegion: "x",
    gateways: [],
    settings: {},
  };
  const { id } = await db.region.create({ data: base });
  const sealedCredentials = Uint8Array.from(seal(`{"adminToken":"token of ${name}"}`, key, credentialsContext(id)));
  await db.region.update({ where: { id }, data: { sealedCredentials } });
}
function store(secrets: Record<string, string>): void {
  writeFileSync(secretsPath, JSON.stringify(secrets));
  chmodSync(secretsPath, 0o600);
}
/** The settings of a command or a start at this time. */
const settingsNow = () =>
  ({
    LATCHKEY_MASTER_KEY_FORMER: "",
    ...ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder })),
    LATCHKEY_DATA_DIR: folder,
  }) as Parameters<typeof rotateMasterKey>[1];
const readCredentials = async () =>
  (await db.region.findMany({ orderBy: { name: "asc" } })).map((region) => openCredentials(region).reveal());
const CREDENTIALS = ['{"adminToken":"token of east"}', '{"adminToken":"token of west"}'];
const readKeyIds = async () =>
  (await db.region.findMany()).map(({ sealedCredentials }) =>
    Buffer.from(sealedCredentials ?? [])
      .subarray(1, 9)
      .toString("hex"),
  );
const events = () => db.auditEvent.findMany({ where: { at: { gte: begun } } });

test("a rotation replaces a drawn key, and a process with the old key still opens all credentials", async () => {
  const { regions, keyId, drawn } = await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR);
  expect({ regions, drawn }).toEqual({ regions: 2, drawn: true });
  expect(await readKeyIds()).toEqual([keyId, keyId]);
  const { LATCHKEY_MASTER_KEY, LATCHKEY_MASTER_KEY_FORMER } = readStoredSecrets(folder);
  expect(keyIdOf(parseMasterKey(LATCHKEY_MASTER_KEY ?? "")).toString("hex")).toBe(keyId);
  expect(LATCHKEY_MASTER_KEY_FORMER).toBe(OLD);
  expect(statSync(secretsPath).mode & 0o777).toBe(0o600);
  // This process still has the old key only.
  expect(await readCredentials()).toEqual(CREDENTIALS);
  expect(await events()).toMatchObject([{ event: "master-key.rotated", data: { keyId, regions: 2 } }]);
});

test("a second rotation keeps both earlier keys", async () => {
  await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR);
  const first = readStoredSecrets(folder).LATCHKEY_MASTER_KEY;
  await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR);
  expect(settingsNow().LATCHKEY_MASTER_KEY_FORMER).toBe(`${first},${OLD}`);
  expect(await readCredentials()).toEqual(CREDENTIALS);
});

test("two rotations at once lose no key", async () => {
  const settings = settingsNow();
  await Promise.all([1, 2].map(() => rotateMasterKey(db, settings, SYSTEM_ACTOR)));
  expect(await readCredentials()).toEqual(CREDENTIALS);
  expect(new Set(await readKeyIds()).size).toBe(1);
});

test("after a kill, every start opens all credentials, and the same command continues with the written key", async () => {
  const next = randomBytes(32).toString("base64");
  store({ LATCHKEY_MASTER_KEY: next, LATCHKEY_MASTER_KEY_FORMER: OLD });
  expect(settingsNow()).toMatchObject({ LATCHKEY_MASTER_KEY: next, LATCHKEY_MASTER_KEY_FORMER: OLD });
  expect(await readCredentials()).toEqual(CREDENTIALS);
  expect(await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR)).toEqual({
    regions: 2,
    keyId: keyIdOf(parseMasterKey(next)).toString("hex"),
    drawn: false,
  });
  expect(readStoredSecrets(folder).LATCHKEY_MASTER_KEY).toBe(next);
  expect(await readCredentials()).toEqual(CREDENTIALS);
});

test("an open rotation of a region's credentials is sealed with the new key too", async () => {
  const [east, west] = await db.region.findMany({ orderBy: { name: "asc" } });
  const sealRotation = (id = "", key: Buffer) =>
    db.region.update({
      where: { id },
      data: { sealedRotation: Uint8Array.from(seal("the former credentials", key, rotationContext(id))) },
    });
  const readRotation = async (id = "", key = "") => {
    const { sealedRotation } = await db.region.findUniqueOrThrow({ where: { id } });
    return unseal(Buffer.from(sealedRotation ?? []), parseMasterKey(key), rotationContext(id));
  };
  await sealRotation(east?.id, parseMasterKey(OLD));
  await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR);
  const newest = readStoredSecrets(folder).LATCHKEY_MASTER_KEY;
  expect(await readRotation(east?.id, newest)).toBe("the former credentials");
  // A process with the old key has written this down since: the same command continues, and seals it.
  await sealRotation(west?.id, parseMasterKey(OLD));
  expect(await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR)).toMatchObject({ regions: 1, drawn: false });
  expect(await readRotation(west?.id, newest)).toBe("the former credentials");
  await sealRotation(west?.id, randomBytes(32));
  await expect(rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR)).rejects.toMatchObject({
    code: "CONFLICT",
    userMessage: expect.stringContaining("no key here opens the credentials of west.") as string,
  });
});

test("a failed transaction keeps the old seals, which still open", async () => {
  const failing = new Proxy(db, {
    get: (target, name) =>
      name === "$transaction"
        ? (work: (tx: unknown) => Promise<unknown>) =>
            target.$transaction(async (tx) => {
              await work(tx);
              throw new Error("the database went away");
            })
        : Reflect.get(target, name),
  });
  await expect(rotateMasterKey(failing, settingsNow(), SYSTEM_ACTOR)).rejects.toThrow("went away");
  expect(readStoredSecrets(folder).LATCHKEY_MASTER_KEY_FORMER).toBe(OLD);
  expect(await readKeyIds()).toEqual([0, 1].map(() => keyIdOf(parseMasterKey(OLD)).toString("hex")));
  expect(await readCredentials()).toEqual(CREDENTIALS);
  expect(await events()).toEqual([]);
  expect(await rotateMasterKey(db, settingsNow(), SYSTEM_ACTOR)).toMatchObject({ regions: 2, drawn: false });
});

test("the error names a region that no key opens, and nothing is changed", async () => {
  await addRegion("lost", randomBytes(32));
  const before = await readKeyIds();
  const settings = settingsNow();
  const file = readFileSync(secretsPath, "utf8");
  await expect(rotateMasterKey(db, settings, SYSTEM_ACTOR)).rejects.toMatchObject({
    code: "CONFLICT",
    userMessage: expect.stringMatching(/^Nothing was changed: no key here opens the credentials of lost\. /),
  });
  expect(await readKeyIds()).toEqual(before);
  expect(readFileSync(secretsPath, "utf8")).toBe(file);
  expect(await events()).toEqual([]);
});

test("the error about a damaged file of keys shows nothing of its content", async () => {
  writeFileSync(secretsPath, '{"LATCHKEY_MASTER_KEY": hunter2}');
  await addRegion("other", randomBytes(32));
  const region = await db.region.findUniqueOrThrow({ where: { name: "other" } });
  const told = await Promise.resolve()
    .then(() => openCredentials(region))
    .catch((error: unknown) => inspect(error, { depth: 9 }));
  expect(told).toContain("secrets.json in the data folder is not valid JSON");
  expect(told).not.toContain("hunter2");
});

test("an operator's own key is replaced only by a key that the operator gives", async () => {
  rmSync(secretsPath);
  const next = randomBytes(32).toString("base64");
  const own = { LATCHKEY_DATA_DIR: folder, LATCHKEY_MASTER_KEY: next, LATCHKEY_MASTER_KEY_FORMER: "" };
  await expect(rotateMasterKey(db, own, SYSTEM_ACTOR)).rejects.toMatchObject({
    userMessage: expect.stringContaining("LATCHKEY_MASTER_KEY_FORMER"),
  });
  const rotated = await rotateMasterKey(db, { ...own, LATCHKEY_MASTER_KEY_FORMER: OLD }, SYSTEM_ACTOR);
  expect(rotated).toMatchObject({ regions: 2, drawn: false });
  expect(await readKeyIds()).toEqual([rotated.keyId, rotated.keyId]);
});
