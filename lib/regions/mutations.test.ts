import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { startTestDatabase } from "@/lib/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto";
import { db } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { checkRegions, putRegion } from "@/lib/regions/mutations";

let folder: string;
beforeAll(async () => {
  await startTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "latchkey-regions-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a check writes down since when a region fails, and forgets it when the region is back", async () => {
  const token = randomBytes(24).toString("base64url");
  let ports = [0, 0];
  const start = async () => {
    const server = await startBuiltinS3({
      dataDir: folder,
      host: "127.0.0.1",
      regions: [{ name: "east", port: ports[0] ?? 0, signingRegion: "east-1" }],
      adminPort: ports[1] ?? 0,
      adminToken: new Secret(token),
      masterKey: Buffer.alloc(32, 3),
    });
    ports = [server.regions[0]?.endpoint ?? "", server.adminUrl].map((url) => Number(new URL(url).port));
    return server;
  };
  const read = () => db.region.findUniqueOrThrow({ where: { name: "east" } });
  let server = await start();
  const region = {
    name: "east",
    provider: "builtin",
    endpoint: server.regions[0]?.endpoint ?? "",
    signingRegion: "east-1",
    gateways: [],
    settings: { adminUrl: server.adminUrl },
    credentials: new Secret(JSON.stringify({ adminToken: token })),
  };
  await db.$transaction((tx) => putRegion(tx, SYSTEM_ACTOR, region, parseMasterKey(env.LATCHKEY_MASTER_KEY)));
  await checkRegions();
  expect(await read()).toMatchObject({ checkError: null, failingSince: null });

  await server.close();
  await checkRegions();
  const first = await read();
  expect(first.checkError).toMatch(/^the storage system cannot be reached: nothing listens at 127\.0\.0\.1:\d+$/);
  expect(first.failingSince).toEqual(first.checkedAt);
  await checkRegions();
  const second = await read();
  expect(second.failingSince).toEqual(first.failingSince);
  expect(second.checkedAt?.getTime()).toBeGreaterThan(first.checkedAt?.getTime() ?? 0);

  server = await start();
  try {
    await checkRegions();
    expect(await read()).toMatchObject({ checkError: null, failingSince: null });
  } finally {
    await server.close();
  }
});
