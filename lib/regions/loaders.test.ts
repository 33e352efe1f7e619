import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { db } from "@/lib/platform/db/client";
import { listRegions } from "@/lib/regions/loaders";
import type { Prisma } from "@/prisma/generated/client";

const MINUTES_AGO = (minutes: number) => new Date(Date.now() - minutes * 60_000);
let ids: { projectId: string; userId: string };

beforeAll(async () => {
  await startTestDatabase();
  const { id: projectId } = await db.project.create({ data: { slug: "research", name: "Research" } });
  const { id: userId } = await db.user.create({
    data: { email: "ada@example.org", name: "Ada", passwordHash: "none" },
  });
  ids = { projectId, userId };
});

async function addRegion(name: string, more: Partial<Prisma.RegionUncheckedCreateInput> = {}) {
  const base = {
    name,
    provider: "builtin",
    endpoint: "http://127.0.0.1:1",
    signingRegion: "x",
    gateways: [],
    settings: {},
  };
  const { id: regionId } = await db.region.create({ data: { ...base, ...more } });
  const principal = { projectId: ids.projectId, regionId, externalId: "lk-1" };
  const { id: principalId } = await db.principal.create({ data: principal });
  const place = { projectId: ids.projectId, regionId, principalId };
  return {
    addKey: (state: "REVOKING" | "ACTIVE" | "REVOKED", endedAt: Date | null) =>
      db.accessKey.create({
        data: {
          ...place,
          state,
          endedAt,
          accessKeyId: randomUUID().slice(0, 20),
          slot: randomUUID(),
          createdById: ids.userId,
        },
      }),
    addOperation: (state: "PENDING" | "UNDOING" | "DONE", dueAt: Date | null) =>
      db.operation.create({
        data: {
          ...place,
          kind: "ENABLE",
          state,
          dueAt,
          actorId: ids.userId,
          requestId: randomUUID(),
          inputHash: "",
          fence: 1,
          createdAt: MINUTES_AGO(90),
        },
      }),
  };
}
const readRows = async () => new Map((await listRegions({})).rows.map((row) => [row.name, row]));

test("what is decided and not carried out is counted by region, with the oldest; what is in progress is not", async () => {
  const since = MINUTES_AGO(50);
  const east = await addRegion("east", { failingSince: since, checkedAt: new Date(), checkError: "it is away" });
  const oldest = MINUTES_AGO(70);
  await east.addKey("REVOKING", oldest);
  await east.addKey("REVOKING", MINUTES_AGO(10));
  await east.addKey("REVOKING", new Date());
  await east.addKey("ACTIVE", null);
  await east.addKey("REVOKED", MINUTES_AGO(100));
  await east.addOperation("PENDING", MINUTES_AGO(5));
  await east.addOperation("PENDING", MINUTES_AGO(-1));
  await east.addOperation("DONE", MINUTES_AGO(100));
  const west = await addRegion("west");
  await west.addOperation("UNDOING", null);
  await addRegion("quiet");

  const rows = await readRows();
  expect(rows.get("east")).toMatchObject({
    waiting: { changes: 3, since: oldest.toISOString() },
    failingSince: since.toISOString(),
  });
  expect(rows.get("west")?.waiting).toMatchObject({ changes: 1 });
  expect(rows.get("quiet")).toMatchObject({ waiting: null, failingSince: null });
});

test("a region that each start overwrites is told from others, and the storage system has its title", async () => {
  await addRegion("north");
  await addRegion("south", { declared: true });
  await addRegion("north-2");
  const rows = await readRows();
  const told = ["north", "south", "north-2"].map((name) => [rows.get(name)?.title, rows.get(name)?.writtenAtStart]);
  expect(told).toEqual([
    ["Built-in S3 server", true],
    ["Built-in S3 server", false],
    ["Built-in S3 server", false],
  ]);
});
