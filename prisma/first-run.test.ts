import { beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { openProvider } from "@/lib/regions/data";
import { startSession } from "@/lib/sessions/mutations";
import { applyFirstRun, hasUsers, prepareFirstRun, syncBuiltinRegions } from "@/prisma/first-run";

const north = {
  name: "north",
  endpoint: "http://127.0.0.1:9000",
  gateway: "http://127.0.0.1:9000",
  signingRegion: "north-1",
  adminUrl: "http://127.0.0.1:9002",
};
const token = new Secret("a-token-of-more-than-twenty-characters");

beforeAll(() => startTestDatabase());

test("a demo first run creates one person for each role, and their passwords work", async () => {
  expect(await hasUsers(db)).toBe(false);
  const record = prepareFirstRun("demo", "http://127.0.0.1:3000", [north]);
  expect(record.users.map(({ role, project }) => [role, project])).toEqual([
    ["platform-admin", null],
    ["support", null],
    ["admin", "demo"],
    ["member+", "demo"],
    ["member", "demo"],
  ]);
  expect(new Set(record.users.map(({ password }) => password)).size).toBe(5);
  await applyFirstRun(db, record);
  expect(await hasUsers(db)).toBe(true);
  for (const { email, password } of record.users) {
    expect(await startSession({ email, password, address: "127.0.0.1", userAgent: undefined })).toBeDefined();
  }
});

test("an empty first run creates one platform-admin and no project", () => {
  const record = prepareFirstRun("empty", "http://127.0.0.1:3000", []);
  expect(record.users.map(({ role, project }) => [role, project])).toEqual([["platform-admin", null]]);
});

test("regions get the addresses of the start, and are saved only when something changed", async () => {
  const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  const written = () => db.auditEvent.count({ where: { event: { startsWith: "region." } } });
  await syncBuiltinRegions(db, [north], token, masterKey);
  expect(await written()).toBe(1);
  await syncBuiltinRegions(db, [north], token, masterKey);
  expect(await written()).toBe(1);
  await syncBuiltinRegions(db, [{ ...north, endpoint: "https://s3.example.test" }], token, masterKey);
  expect(await written()).toBe(2);
  const region = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  expect(region.endpoint).toBe("https://s3.example.test");
  // What a check found out stays, also when an address changes.
  const settings = { adminUrl: north.adminUrl, store: "0b0e2f2e-4a5a-4a8e-9d0e-1c2d3e4f5a6b" };
  await db.region.update({ where: { name: "north" }, data: { settings } });
  await syncBuiltinRegions(db, [{ ...north, endpoint: "https://s3.example.test" }], token, masterKey);
  expect(await written()).toBe(2);
  await syncBuiltinRegions(db, [{ ...north, adminUrl: "http://127.0.0.1:9102" }], token, masterKey);
  expect(await db.region.findUniqueOrThrow({ where: { name: "north" } })).toMatchObject({
    settings: { ...settings, adminUrl: "http://127.0.0.1:9102" },
  });
  expect(Buffer.from(region.sealedCredentials ?? []).toString()).not.toContain(token.reveal());
  expect(openProvider(region).gateways()).toEqual([{ name: "north", endpoint: north.gateway }]);
});
