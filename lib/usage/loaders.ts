import "server-only";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { readAllowedRegions } from "@/lib/project-regions/data";
import { ProviderError } from "@/lib/providers/errors";
import { openProvider } from "@/lib/regions/data";
import { decodeBucketCursor, encodeBucketCursor, readBuckets } from "@/lib/usage/data";
import { askForFigures } from "@/lib/usage/mutations";
import { beginOf, compareBuckets, FRESH_MS, pickPoints } from "@/lib/usage/rules";
import type {
  BucketPage,
  BucketQuery,
  BucketRow,
  HistoryRange,
  RegionFigures,
  RegionUsage,
  UsagePoint,
} from "@/lib/usage/schema";
import type { Region, UsageFigures } from "@/prisma/generated/client";

const PAGE_SIZE = 50;

/**
 * The last figures of a project in each region, in the order of the names. No storage system is waited for. The worker
 * is asked to collect what was last asked for more than a minute ago.
 */
export async function loadUsage({ projectId }: ProjectScope): Promise<RegionUsage[]> {
  const regions = await db.region.findMany({ orderBy: { name: "asc" } });
  const principals = await db.principal.findMany({ where: { projectId }, include: { usageFigures: true } });
  const allowed = await readAllowedRegions(projectId);
  const now = await readDatabaseClock(db);
  const usages: RegionUsage[] = [];
  const old: { id: string; regionId: string }[] = [];
  for (const region of regions) {
    const principal = principals.find(({ regionId }) => regionId === region.id);
    const usage = composeUsage(region, principal?.usageFigures ?? null);
    usages.push(usage);
    const isOpen = region.disabledAt === null && (allowed?.has(region.id) ?? true);
    if (principal && isOpen && usage.tellsUsage && isOld(principal.usageFigures, now)) old.push(principal);
  }
  if (old.length > 0) await askForFigures(old);
  return usages;
}

/** Those that are due have been asked for already. */
function isOld(figures: UsageFigures | null, now: Date): boolean {
  if (!figures) return true;
  return figures.dueAt > now && now.getTime() - (figures.askedAt?.getTime() ?? 0) > FRESH_MS;
}

function composeUsage(region: Region, figures: UsageFigures | null): RegionUsage {
  return {
    region: region.name,
    figures: figures && composeFigures(figures),
    failingSince: figures?.failingSince?.toISOString() ?? null,
    tellsUsage: tellsUsage(region),
  };
}

function composeFigures(figures: UsageFigures): RegionFigures | null {
  const { buckets, objects, bytes, quotaBytes, quotaObjects, asOf } = figures;
  if (buckets === null || objects === null || bytes === null || asOf === null) return null;
  return {
    buckets,
    objects: Number(objects),
    bytes: bytes.toString(),
    quotaBytes: quotaBytes?.toString() ?? null,
    quotaObjects: quotaObjects === null ? null : Number(quotaObjects),
    asOf: asOf.toISOString(),
  };
}

/** A region whose settings do not open is told of elsewhere. */
function tellsUsage(region: Region): boolean {
  try {
    return openProvider(region).usage !== undefined;
  } catch (error) {
    if (error instanceof ProviderError) return true;
    throw error;
  }
}

/**
 * What a project stored in each region over a range of time, oldest first, with the last figures as its end. A region has
 * at most some 120 points.
 */
export async function loadHistory({ projectId }: ProjectScope, range: HistoryRange): Promise<UsagePoint[]> {
  const since = beginOf(range, await readDatabaseClock(db));
  const principals = await listPrincipals(projectId);
  const samples = await db.usageSample.findMany({
    where: { principalId: { in: principals.map(({ id }) => id) }, hour: { gte: since } },
    orderBy: { hour: "asc" },
    select: { principalId: true, takenAt: true, buckets: true, objects: true, bytes: true },
  });
  const points = principals.flatMap(({ id, region, usageFigures }) =>
    pickPoints(
      [...samples.filter(({ principalId }) => principalId === id), ...toSample(usageFigures, since)],
      range,
    ).map(({ takenAt, buckets, objects, bytes }) => ({
      at: takenAt.toISOString(),
      region: region.name,
      buckets,
      objects: Number(objects),
      bytes: bytes.toString(),
    })),
  );
  return points.sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
}

/** The last figures as a sample, when they are of the range. */
function toSample(figures: UsageFigures | null, since: Date) {
  if (!figures) return [];
  const { buckets, objects, bytes, asOf } = figures;
  if (buckets === null || objects === null || bytes === null || asOf === null || asOf < since) return [];
  return [{ takenAt: asOf, buckets, objects, bytes }];
}

const listPrincipals = (projectId: string, region?: string) =>
  db.principal.findMany({
    where: { projectId, ...(region ? { region: { name: region } } : {}) },
    orderBy: { region: { name: "asc" } },
    select: { id: true, region: { select: { name: true } }, usageFigures: true },
  });

/**
 * A page of the buckets of a project in all regions or in one, as the storage systems listed them last. Each region is
 * read by itself, and the first of all are the page. `size`: the most rows of the page. Throws BAD_INPUT for a cursor
 * of another list.
 */
export async function listBuckets(
  { projectId }: ProjectScope,
  query: BucketQuery,
  size = PAGE_SIZE,
): Promise<BucketPage> {
  const { region: only, search, sort, order, cursor } = query;
  const after = cursor === undefined ? undefined : decodeBucketCursor(cursor, sort);
  const found: BucketRow[] = [];
  for (const { id, region } of await listPrincipals(projectId, only)) {
    const isLater = after !== undefined && (order === "asc" ? region.name > after.region : region.name < after.region);
    const start = after && { value: after.value, name: after.name, inclusive: isLater };
    const rows = await readBuckets(id, { sort, order, search, after: start, take: size + 1 });
    found.push(
      ...rows.map(({ name, createdAt, objects, bytes }) => ({
        region: region.name,
        name,
        createdAt: createdAt.toISOString(),
        objects: Number(objects),
        bytes: bytes.toString(),
      })),
    );
  }
  found.sort(compareBuckets(sort, order));
  const page = found.slice(0, size);
  const last = page.at(-1);
  return { rows: page, next: found.length > size && last ? encodeBucketCursor(last, sort) : null };
}
