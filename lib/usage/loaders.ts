import "server-only";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { readAllowedRegions } from "@/lib/project-regions/data";
import { ProviderError } from "@/lib/providers/errors";
import { openProvider } from "@/lib/regions/data";
import { askForFigures } from "@/lib/usage/mutations";
import { FRESH_MS } from "@/lib/usage/rules";
import type { RegionFigures, RegionUsage } from "@/lib/usage/schema";
import type { Region, UsageFigures } from "@/prisma/generated/client";

/**
 * The last figures of a project in each region, in the order of the names. No storage system is waited for. The worker
 * is asked to collect what was last asked for more than a minute ago.
 */
export async function loadUsage({ projectId }: ProjectScope): Promise<RegionUsage[]> {
  const regions = await db.region.findMany({ orderBy: { name: "asc" } });
  const principals = await db.principal.findMany({ where: { projectId }, include: { usageFigures: true } });
  const allowed = await readAllowedRegions(projectId);
  const before = new Date((await readDatabaseClock(db)).getTime() - FRESH_MS);
  const usages = regions.map((region) => {
    const principal = principals.find(({ regionId }) => regionId === region.id);
    const isOpen = region.disabledAt === null && (allowed?.has(region.id) ?? true);
    const usage = composeUsage(region, principal?.usageFigures ?? null);
    return {
      usage,
      old: isOpen && usage.tellsUsage && principal && isOld(principal.usageFigures, before) ? principal : undefined,
    };
  });
  const old = usages.flatMap((one) => one.old ?? []);
  if (old.length > 0) await askForFigures(old);
  return usages.map(({ usage }) => usage);
}

const isOld = (figures: UsageFigures | null, before: Date) => !figures?.askedAt || figures.askedAt < before;

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
