import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { isSealedWith, parseMasterKey } from "@/lib/platform/crypto/seal";
import { readStoredSecrets } from "@/lib/platform/config/stored-secrets";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { runCommand } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";

// Before anything reads the settings.
const folder = await vi.hoisted(async () => {
  const { mkdtempSync } = await import("node:fs");
  process.env.LATCHKEY_DATA_DIR = mkdtempSync("/tmp/latchkey-cli-key-");
  return process.env.LATCHKEY_DATA_DIR;
});
const secrets = join(folder, "secrets.json");

beforeAll(() => startTestDatabase());
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  await db.region.deleteMany();
  await runCommand(["region", "create", "north", "--builtin"]);
  rmSync(secrets, { force: true });
});

const readSealed = async () => Buffer.from((await db.region.findFirstOrThrow()).sealedCredentials ?? []);

test("rotate makes a new key in the data folder and prints no key", async () => {
  writeFileSync(secrets, JSON.stringify({ LATCHKEY_MASTER_KEY: env.LATCHKEY_MASTER_KEY }));
  chmodSync(secrets, 0o600);
  const { code, printed, complaint } = await runCommand(["master-key", "rotate"]);
  expect({ code, complaint }).toEqual({ code: 0, complaint: "" });
  expect(printed).toContain("Made a new key and wrote it to secrets.json in the data folder.\n");
  expect(printed).toMatch(/^Encrypted the credentials of 1 region again\. .* key [0-9a-f]{16}\.$/m);
  const stored = readStoredSecrets(folder);
  expect(isSealedWith(await readSealed(), parseMasterKey(stored.LATCHKEY_MASTER_KEY ?? ""))).toBe(true);
  for (const key of [env.LATCHKEY_MASTER_KEY, stored.LATCHKEY_MASTER_KEY ?? ""]) expect(printed).not.toContain(key);
});

test("rotate refuses, and changes nothing, where the operator keeps the key and gives no former one", async () => {
  const before = await readSealed();
  const refused = await runCommand(["master-key", "rotate"]);
  expect(refused).toMatchObject({ code: 1, printed: "" });
  expect(refused.complaint).toContain("LATCHKEY_MASTER_KEY_FORMER");
  expect(refused.complaint).not.toContain(env.LATCHKEY_MASTER_KEY);
  expect(await readSealed()).toEqual(before);
  expect(() => readFileSync(secrets)).toThrow("ENOENT");
});
