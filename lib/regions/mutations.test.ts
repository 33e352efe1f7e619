import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startFaultProxy } from "@/testing/proxies/fault-proxy";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { findRegion, openProvider } from "@/lib/regions/data";
import { checkRegionInput, checkRegions, putRegion } from "@/lib/regions/mutations";
import type { AccessKeyState } from "@/prisma/generated/client";

const TOKEN = randomBytes(24).toString("base64url");

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

test("a region that has keys is changed only where they are found again", async () => {
  const token = randomBytes(24).toString("base64url");
  const startServer = async (name: string) => {
    const dataDir = join(folder, name);
    const regions = [{ name: "west", port: 0, signingRegion: "west-1" }];
    const server = await startBuiltinS3({
      dataDir,
      host: "127.0.0.1",
      regions,
      adminPort: 0,
      adminToken: new Secret(token),
      masterKey: Buffer.alloc(32, 3),
    });
    onTestFinished(server.close);
    return server;
  };
  const [own, other] = [await startServer("own"), await startServer("other")];
  const regionAt = ({ adminUrl, regions }: typeof own) => ({
    name: "west",
    provider: "builtin",
    endpoint: regions[0]?.endpoint ?? "",
    signingRegion: "west-1",
    gateways: [],
    settings: { adminUrl },
    credentials: new Secret(JSON.stringify({ adminToken: token })),
  });
  const put = async (at: typeof own, meanwhile: () => Promise<unknown> = async () => {}) => {
    const checked = await checkRegionInput(regionAt(at));
    await meanwhile();
    await db.$transaction((tx) => putRegion(tx, SYSTEM_ACTOR, checked, parseMasterKey(env.LATCHKEY_MASTER_KEY)));
  };
  const context = () => ({ signal: AbortSignal.timeout(8_000), requestId: "test" });
  const { id: createdById } = await db.user.create({
    data: { email: "ada@example.org", name: "Ada", passwordHash: "none" },
  });
  const addPrincipal = async (slug: string, regionId: string) => {
    const { id: projectId } = await db.project.create({ data: { slug, name: slug } });
    const { id: principalId } = await db.principal.create({ data: { projectId, regionId, externalId: `lk-${slug}` } });
    return { projectId, principalId, regionId };
  };
  const refused = {
    code: "BAD_INPUT",
    userMessage:
      "The region west was not saved: the storage system there does not have the keys of region west: give the new one another name.",
  };

  await put(other);
  // A region without keys may lead elsewhere.
  await put(own);
  const { id: regionId } = await findRegion("west");
  const place = await addPrincipal("one", regionId);
  const key = {
    principal: "lk-one",
    accessKeyId: "LKTESTKEYOFWEST00001",
    secretAccessKey: new Secret("s".repeat(40)),
    tag: "test",
    access: "full" as const,
  };
  await openProvider(await findRegion("west")).ensurePrincipal(key.principal, "One", context());
  await openProvider(await findRegion("west")).putKey(key, context());
  let id = "";
  const writeAhead = async () => {
    ({ id } = await db.accessKey.create({
      data: { ...place, createdById, accessKeyId: key.accessKeyId, state: "CREATING" },
    }));
  };
  await expect(put(other, writeAhead)).rejects.toMatchObject({
    code: "CONFLICT",
    userMessage: expect.stringContaining("a key is being made there"),
  });
  const setKey = (state: AccessKeyState, removedAt: Date | null = null) =>
    db.accessKey.update({ where: { id }, data: { state, removedAt } });

  for (const state of ["ISSUED", "ACTIVE", "INACTIVE", "RETIRING", "EXPIRED", "REVOKING"] as const) {
    await setKey(state);
    await expect(put(other), state).rejects.toMatchObject(refused);
    await put(own);
  }
  expect((await findRegion("west")).settings).toMatchObject({ adminUrl: own.adminUrl });

  // One that has another project's newest key and lost the rest is still the same.
  await setKey("ACTIVE");
  const lost = await addPrincipal("two", regionId);
  const { id: lostId } = await db.accessKey.create({
    data: { ...lost, createdById, accessKeyId: "LKTESTKEYOFWEST00002", state: "ACTIVE" },
  });
  await put(own);
  await expect(put(other)).rejects.toMatchObject(refused);
  await db.accessKey.update({ where: { id: lostId }, data: { state: "FAILED" } });

  // Ended is what the storage system has proved to have no more.
  for (const [state, removedAt] of [
    ["REVOKING", new Date()],
    ["REVOKED", new Date()],
    ["FAILED", null],
  ] as const) {
    await setKey(state, removedAt);
    await put(other);
    await put(own);
  }
});

test("keys that cannot be listed are not keys that are there", async () => {
  const token = randomBytes(24).toString("base64url");
  const regions = [{ name: "faulty", port: 0, signingRegion: "faulty-1" }];
  const options = {
    dataDir: join(folder, "faulty"),
    host: "127.0.0.1",
    regions,
    adminPort: 0,
    adminToken: new Secret(token),
    masterKey: Buffer.alloc(32, 3),
  };
  const server = await startBuiltinS3(options);
  onTestFinished(server.close);
  const admin = await startFaultProxy(server.adminUrl);
  onTestFinished(admin.close);
  const region = {
    name: "faulty",
    provider: "builtin",
    endpoint: server.regions[0]?.endpoint ?? "",
    signingRegion: "faulty-1",
    gateways: [],
    settings: { adminUrl: admin.url },
    credentials: new Secret(JSON.stringify({ adminToken: token })),
  };
  await db.$transaction((tx) => putRegion(tx, SYSTEM_ACTOR, region, parseMasterKey(env.LATCHKEY_MASTER_KEY)));
  const { id: regionId } = await findRegion("faulty");
  const { id: projectId } = await db.project.create({ data: { slug: "faulty", name: "Faulty" } });
  const { id: principalId } = await db.principal.create({ data: { projectId, regionId, externalId: "lk-faulty" } });
  const { id: createdById } = await db.user.create({
    data: { email: "bea@example.org", name: "Bea", passwordHash: "none" },
  });
  await db.accessKey.create({
    data: { projectId, regionId, principalId, createdById, accessKeyId: "LKTESTKEYOFSHAKY0001", state: "ACTIVE" },
  });
  admin.inject({ match: (_method, path) => path.endsWith("/lk-faulty/keys"), when: "before", what: "error" });
  await expect(checkRegionInput(region)).rejects.toMatchObject({
    code: "BAD_INPUT",
    userMessage: expect.stringMatching(/was not saved: the storage system answered 5/),
  });
});

test("the keys of all other regions are searched at once", async () => {
  const server = await startBuiltinS3({
    dataDir: join(folder, "asked"),
    host: "127.0.0.1",
    regions: [{ name: "asked", port: 0, signingRegion: "asked-1" }],
    adminPort: 0,
    adminToken: new Secret(TOKEN),
    masterKey: Buffer.alloc(32, 3),
  });
  onTestFinished(server.close);
  const admin = await startFaultProxy(server.adminUrl);
  onTestFinished(admin.close);
  const region = {
    name: "asked",
    provider: "builtin",
    endpoint: server.regions[0]?.endpoint ?? "",
    signingRegion: "asked-1",
    gateways: [],
    settings: { adminUrl: admin.url },
    credentials: new Secret(JSON.stringify({ adminToken: TOKEN })),
  };
  const { id: projectId } = await db.project.create({ data: { slug: "asked", name: "Asked" } });
  const { id: createdById } = await db.user.create({
    data: { email: "cleo@example.org", name: "Cleo", passwordHash: "none" },
  });
  const listings = ["other-1", "other-2"].map((name) =>
    admin.inject({ match: (_method, path) => path.endsWith(`/lk-${name}/keys`), when: "before", what: "hold" }),
  );
  for (const [index, name] of ["other-1", "other-2"].entries()) {
    const { id: regionId } = await db.region.create({
      data: { name, provider: "builtin", endpoint: `http://127.0.0.1:${index + 1}`, signingRegion: "x", settings: {} },
    });
    const { id: principalId } = await db.principal.create({ data: { projectId, regionId, externalId: `lk-${name}` } });
    await db.accessKey.create({
      data: { projectId, regionId, principalId, createdById, accessKeyId: `LKOTHER${index}`, state: "ACTIVE" },
    });
  }
  const check = checkRegionInput(region);
  // The first listing is not answered before the second one is asked for.
  await Promise.race([Promise.all(listings.map(({ reached }) => reached)), check]);
  for (const { release } of listings) release();
  expect(await check).toMatchObject({ name: "asked" });
});
