import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { loadOverview } from "@/lib/regions/loaders";
import { checkRegions } from "@/lib/regions/mutations";
import { deleteDailySamples, deleteHourlySamples, saveTold } from "@/lib/usage/data";
import { loadUsage } from "@/lib/usage/loaders";
import { askForFigures, collectRegion, enqueueCollections, noteAllFigures } from "@/lib/usage/mutations";
import { dayOf, hourOf } from "@/lib/usage/rules";
import type { Issued } from "@/testing/factories/keys";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const LONG_MS = 60_000;
const project = useProjectWithKeys();

let issued: Issued;
let place: { id: string; regionId: string };

beforeEach(async () => {
  await db.usageFigures.deleteMany();
  issued = await project.makeKey();
  place = await db.principal.findFirstOrThrow({ where: { projectId: project.scope.projectId } });
});

function connect(): S3Client {
  const north = project.storage.regions[0];
  const { change, secret } = issued;
  return new S3Client({
    endpoint: north?.endpoint ?? "",
    region: north?.signingRegion ?? "",
    forcePathStyle: true,
    credentials: { accessKeyId: change.accessKeyId, secretAccessKey: secret.reveal() },
  });
}

const readNorth = async () => (await loadUsage(project.scope))[0];
const readFigures = () => db.usageFigures.findUniqueOrThrow({ where: { principalId: place.id } });
const listSamples = () => db.usageSample.findMany({ where: { principalId: place.id }, orderBy: { hour: "asc" } });

/** Collects so long after now. */
async function collect(afterMs = 0): Promise<Date> {
  await askForFigures([place]);
  const time = new Date((await readDatabaseClock(db)).getTime() + afterMs);
  await collectRegion(place.regionId, Date.now() + LONG_MS, () => Promise.resolve(time));
  return time;
}

describe("a collection", () => {
  test("is asked for by whoever looks, and tells figures, buckets, and one sample an hour", async () => {
    expect(await loadUsage(project.scope)).toEqual([
      { region: "north", figures: null, failingSince: null, tellsUsage: true },
      { region: "south", figures: null, failingSince: null, tellsUsage: true },
    ]);
    const s3 = connect();
    const suffix = issued.change.accessKeyId.toLowerCase();
    for (const name of ["one", "two"]) await s3.send(new CreateBucketCommand({ Bucket: `${name}-${suffix}` }));
    await s3.send(new PutObjectCommand({ Bucket: `one-${suffix}`, Key: "a", Body: "x".repeat(1_000) }));
    await collectRegion(place.regionId, Date.now() + LONG_MS);
    const told = { buckets: 2, objects: 1, bytes: "1000", quotaBytes: null, quotaObjects: null };
    const north = await readNorth();
    expect(north).toMatchObject({ figures: told, failingSince: null });
    expect(Date.now() - Date.parse(north?.figures?.asOf ?? "")).toBeLessThan(LONG_MS);
    const { dueAt, askedAt } = await readFigures();
    expect(dueAt.getTime() - (askedAt?.getTime() ?? 0)).toBeLessThanOrEqual(HOUR_MS);
    const anHourAgo = new Date(Date.now() - HOUR_MS);
    await db.usageFigures.update({ where: { principalId: place.id }, data: { askedAt: anHourAgo } });
    await loadUsage(project.scope);
    expect((await readFigures()).dueAt.getTime()).toBeLessThanOrEqual((await readDatabaseClock(db)).getTime());

    await s3.send(new DeleteBucketCommand({ Bucket: `two-${suffix}` }));
    const later = await collect(HOUR_MS);
    await collect(HOUR_MS + 1);
    expect((await readNorth())?.figures).toMatchObject({ ...told, buckets: 1 });
    expect((await listSamples()).map(({ hour, buckets }) => [hour, buckets])).toEqual([
      [hourOf(new Date(later.getTime() - HOUR_MS)), 2],
      [hourOf(later), 1],
    ]);
    const buckets = await db.storedBucket.findMany({ where: { principalId: place.id } });
    expect(buckets).toMatchObject([{ name: `one-${suffix}`, objects: 1n, bytes: 1_000n }]);
  });

  test("of a storage system that is down keeps the last figures and says since when, until it answers", async () => {
    const told = await collect();
    const down = project.storage.admin.inject({ match: () => true, when: "before", what: "drop" });
    onTestFinished(() => down.release());
    const first = await collect(HOUR_MS);
    await collect(2 * HOUR_MS);
    expect(await readNorth()).toMatchObject({
      figures: { asOf: told.toISOString() },
      failingSince: first.toISOString(),
    });
    await checkRegions();
    expect(await loadOverview(project.scope)).toMatchObject([{ service: "unreachable" }, { service: "not-enabled" }]);
    down.release();
    await checkRegions();
    expect(await loadOverview(project.scope)).toMatchObject([{ service: "ok" }, { service: "not-enabled" }]);
    const back = await collect(3 * HOUR_MS);
    expect(await readNorth()).toMatchObject({ figures: { asOf: back.toISOString() }, failingSince: null });
    expect(await listSamples()).toHaveLength(2);
  });

  test("of a principal that is not there: none was ever told, so nothing is stored; with buckets, it keeps them", async () => {
    await db.principal.update({ where: { id: place.id }, data: { externalId: "lk-gone" } });
    const empty = await collect();
    const nothing = { buckets: 0, objects: 0, bytes: "0", asOf: empty.toISOString() };
    expect(await readNorth()).toMatchObject({ figures: nothing, failingSince: null });
    await db.usageFigures.update({ where: { principalId: place.id }, data: { buckets: 3 } });
    const gone = await collect(HOUR_MS);
    expect(await readNorth()).toMatchObject({ figures: { buckets: 3 }, failingSince: gone.toISOString() });
  });

  test("leaves a region alone that nobody or this project cannot use, and an answer that came too late", async () => {
    await db.project.update({ where: { id: project.scope.projectId }, data: { regionsRestricted: true } });
    await collect();
    expect(await readFigures()).toMatchObject({ asOf: null, failingSince: null });
    await db.project.update({ where: { id: project.scope.projectId }, data: { regionsRestricted: false } });
    await db.region.update({ where: { id: place.regionId }, data: { disabledAt: new Date() } });
    await collect();
    expect((await readFigures()).asOf).toBeNull();
    await db.region.update({ where: { id: place.regionId }, data: { disabledAt: null } });
    const latest = await collect(HOUR_MS);
    await save(new Date(latest.getTime() - 1), 9);
    expect(await readFigures()).toMatchObject({ asOf: latest, buckets: 0 });
  });

  test("is enqueued for every principal, and once a region", async () => {
    await noteAllFigures(1);
    expect(await db.usageFigures.count()).toBe(await db.principal.count());
    const countJobs = async () =>
      (await db.$queryRaw<unknown[]>`SELECT FROM pgboss.job WHERE name = 'collect-usage' AND state = 'created'`).length;
    await enqueueCollections();
    await enqueueCollections();
    expect(await countJobs()).toBe(1);
  });
});

/** Keeps figures as if the storage system had told them at a time. */
function save(asOf: Date, count: number): Promise<void> {
  const buckets = Array.from({ length: count }, (_none, index) => ({
    name: `b-${index}`,
    createdAt: new Date(0),
    objects: index,
    bytes: BigInt(index % 7),
  }));
  const told = {
    usage: { buckets: count, objects: count, bytes: 1n },
    quota: { bytes: undefined, objects: 7 },
    buckets,
  };
  return withTransaction((tx) => saveTold(tx, place.id, told, asOf), { timeoutMs: LONG_MS });
}

test("thousands of buckets are replaced as a set", async () => {
  await askForFigures([place]);
  await save(new Date(1), 5_000);
  const changed = { principalId: place.id, name: { in: ["b-1", "b-2"] } };
  await db.storedBucket.updateMany({ where: changed, data: { bytes: 99n } });
  await db.storedBucket.create({
    data: { principalId: place.id, name: "other", createdAt: new Date(0), objects: 0n, bytes: 0n },
  });
  await save(new Date(2), 3_000);
  const rows = await db.storedBucket.findMany({ where: { principalId: place.id } });
  expect(rows).toHaveLength(3_000);
  expect(rows.every(({ name, objects, bytes }) => name === `b-${objects}` && bytes === objects % 7n)).toBe(true);
});

test("of whatever was sampled, every hour is kept for 32 days, then the first of each day, and nothing after 13 months", async () => {
  const now = new Date("2026-11-28T12:34:56Z");
  const ages = fc.uniqueArray(fc.oneof(fc.nat({ max: 40 * 24 }), fc.nat({ max: 420 * 24 })), {
    minLength: 40,
    maxLength: 80,
  });
  await fc.assert(
    fc.asyncProperty(ages, async (hours) => {
      await db.usageFigures.deleteMany();
      await db.usageSample.deleteMany();
      await askForFigures([place]);
      const times = hours
        .map((age) => new Date(now.getTime() - age * HOUR_MS))
        .sort((one, other) => one.getTime() - other.getTime());
      for (const time of times) await save(time, 0);
      while ((await deleteHourlySamples(now, 7)) === 7);
      while ((await deleteDailySamples(now, 7)) === 7);
      const days = new Set<number>();
      const wanted = times.filter((time) => {
        const isFirst = !days.has(dayOf(time).getTime());
        days.add(dayOf(time).getTime());
        const ageMs = now.getTime() - hourOf(time).getTime();
        return ageMs <= (isFirst ? 396 : 32) * DAY_MS;
      });
      expect((await listSamples()).map(({ takenAt }) => takenAt)).toEqual(wanted);
    }),
    { numRuns: 5 },
  );
});
