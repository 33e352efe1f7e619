import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { db, pool } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { ensurePrincipal } from "@/lib/principals/data";
import { credentialsContext } from "@/lib/regions/data";
import { listBuckets, loadHistory, loadUsage } from "@/lib/usage/loaders";
import { compareBuckets } from "@/lib/usage/rules";
import { BUCKET_SORTS, bucketPageSchema, type BucketRow, bucketQuery, regionUsagesSchema } from "@/lib/usage/schema";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const BUCKETS = 5_000;
const PAGE = 50;

let storage: Storage;
let scope: ProjectScope;
let principals: string[];
let all: BucketRow[];

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  scope = await makeScope();
  principals = [];
  all = [];
  for (const [place, region] of ["north", "south"].entries()) {
    const { id: regionId } = await db.region.findUniqueOrThrow({ where: { name: region } });
    const { id: principalId } = await ensurePrincipal(scope.projectId, regionId);
    principals.push(principalId);
    // Both regions have the first names. Many buckets share their size, and most their time.
    const rows = Array.from({ length: BUCKETS }, (_none, index) => ({
      name: `${index < 100 ? "both" : region}-${String(index).padStart(4, "0")}`,
      createdAt: new Date(Date.UTC(2026, 0, 1 + (index % 3))).toISOString(),
      objects: index % 1_000,
      bytes: String(index % 7 === place ? 2n ** 53n + BigInt(index) : 0n),
    }));
    await db.$executeRaw`
      INSERT INTO stored_buckets (principal_id, name, created_at, objects, bytes)
      SELECT ${principalId}::uuid, name, "createdAt", objects, bytes FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS told(name text, "createdAt" timestamptz, objects bigint, bytes bigint)`;
    all.push(...rows.map((row) => ({ region, ...row })));
  }
  await db.$executeRaw`ANALYZE stored_buckets`;
});
afterAll(() => storage.stop());

async function makeScope(): Promise<ProjectScope> {
  const member = await makeUser(db, `Max ${randomUUID()}`);
  const { slug } = await makeProject(db, [[member, "member"]]);
  return authorizeProject(member, slug, "storage:read");
}

const list = (query: object = {}, as = scope) => listBuckets(as, bucketQuery.parse(query));

async function listAll(query: object): Promise<BucketRow[]> {
  const rows: BucketRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...query, cursor });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  return rows;
}

const ORDERS = BUCKET_SORTS.flatMap((sort) => (["asc", "desc"] as const).map((order) => ({ sort, order })));

describe("buckets", () => {
  test.each(ORDERS)("by $sort, $order: page after page each once, in order, within equal values too", async (query) => {
    const found = all.filter(({ name }) => name.includes("-00")).sort(compareBuckets(query.sort, query.order));
    expect(found).toHaveLength(200);
    expect(await listAll({ ...query, search: "-00" })).toEqual(found);
    const south = found.filter(({ region }) => region === "south");
    expect(await listAll({ ...query, search: "-00", region: "south" })).toEqual(south);
  });

  test.each(ORDERS)("by $sort, $order: a page in the middle reads little more than itself", async (query) => {
    const sorted = all.toSorted(compareBuckets(query.sort, query.order));
    let cursor: string | undefined;
    for (let page = 0; page < 4; page += 1) cursor = (await list({ ...query, cursor })).next ?? undefined;
    const page = () => list({ ...query, cursor });
    // In the form that open pages accept.
    expect(bucketPageSchema.parse(await page()).rows).toEqual(sorted.slice(4 * PAGE, 5 * PAGE));
    // Where most values are equal, some rows with another one are between them.
    expect(await countRowsRead(pool, page)).toBeLessThan(2 * PAGE);
  });

  test("are found by a part of the name, with % and _ as they are", async () => {
    expect((await list({ search: "BOTH-0042" })).rows).toMatchObject([{ region: "north" }, { region: "south" }]);
    for (const search of ["%", "both_0042", "nowhere"]) expect((await list({ search })).rows).toEqual([]);
    expect((await list({ region: "nowhere" })).rows).toEqual([]);
  });

  test("of another project stay its own, and a cursor of another list is refused", async () => {
    const stranger = await makeScope();
    expect(await list({}, stranger)).toEqual({ rows: [], next: null });
    expect(await loadHistory(stranger, "30d")).toEqual([]);
    const { next } = await list({ sort: "bytes" });
    for (const cursor of [next, "garbage", "", Buffer.from("null").toString("base64url")])
      await expect(list({ sort: "name", cursor })).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

test("the history has a bounded number of points, the last figures at its end, and reads its range only", async () => {
  const [principalId = ""] = principals;
  const now = Date.now();
  const sample = (ageHours: number) => {
    const takenAt = new Date(now - ageHours * HOUR_MS);
    const hour = new Date(Math.floor(takenAt.getTime() / HOUR_MS) * HOUR_MS);
    return { principalId, hour, takenAt, buckets: ageHours, objects: 2n ** 40n, bytes: 2n ** 60n, daily: false };
  };
  const hourly = Array.from({ length: 32 * 24 }, (_none, index) => sample(index + 1));
  const daily = Array.from({ length: 396 - 33 }, (_none, index) => sample((index + 33) * 24));
  await db.usageSample.createMany({ data: [...hourly, ...daily] });
  const { regionId } = await db.principal.findUniqueOrThrow({ where: { id: principalId } });
  const told = { buckets: 0, objects: 2n ** 40n, bytes: 2n ** 60n, asOf: new Date(now) };
  await db.usageFigures.create({ data: { principalId, regionId, ...told, askedAt: new Date(now) } });
  for (const [range, days, most] of [
    ["24h", 1, 26],
    ["30d", 30, 122],
    ["13mo", 396, 122],
  ] as const) {
    const points = await loadHistory(scope, range);
    expect(points.length).toBeGreaterThan(most * 0.7);
    expect(points.length).toBeLessThanOrEqual(most);
    expect(points.at(-1)).toEqual({
      at: new Date(now).toISOString(),
      region: "north",
      buckets: 0,
      objects: 2 ** 40,
      bytes: String(2n ** 60n),
    });
    expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted());
    expect(now - Date.parse(points[0]?.at ?? "")).toBeGreaterThan((days - 5) * DAY_MS);
  }
  await db.$executeRaw`ANALYZE usage_samples`;
  expect(await countRowsRead(pool, () => loadHistory(scope, "24h"))).toBeLessThan(30);
});

test("a storage system that tells no figures is said to, and is not asked", async () => {
  const credentials = JSON.stringify({ password: "secret-password" });
  const { id: regionId } = await db.region.create({
    data: {
      name: "cloud",
      provider: "keystone",
      endpoint: "https://s3.example.org",
      signingRegion: "default",
      settings: { identityUrl: "https://keystone.example.org/v3/", userName: "latchkey", projectName: "service" },
    },
  });
  const sealed = seal(credentials, parseMasterKey(env.LATCHKEY_MASTER_KEY), credentialsContext(regionId));
  await db.region.update({ where: { id: regionId }, data: { sealedCredentials: Uint8Array.from(sealed) } });
  const { id: principalId } = await ensurePrincipal(scope.projectId, regionId);
  expect(regionUsagesSchema.parse(await loadUsage(scope))).toContainEqual({
    region: "cloud",
    figures: null,
    failingSince: null,
    tellsUsage: false,
  });
  expect(await db.usageFigures.findUnique({ where: { principalId } })).toBeNull();
  expect(await db.usageFigures.count()).toBe(2);
});
