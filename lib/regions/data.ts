import "server-only";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { openSealed } from "@/lib/platform/crypto/master-keys";
import { Secret } from "@/lib/platform/secret";
import { type Calibration, calibrationSchema } from "@/lib/providers/calibration";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";
import { createProvider, omitFoundSettings } from "@/lib/providers/registry";
import type { RegionInput } from "@/lib/regions/schema";
import type { AccessKeyState, Prisma, Region } from "@/prisma/generated/client";

/** The context that sealed credentials are bound to: they open for their own region only. */
export function credentialsContext(regionId: string): string {
  return `region:${regionId}`;
}

/** The context that an open rotation is sealed for. */
export function rotationContext(regionId: string): string {
  return `rotation:${regionId}`;
}

/**
 * The guarded driver of a region. Throws `ProviderError` when its credentials cannot be opened, because they were sealed
 * with another master key, or when its settings are invalid.
 */
export function openProvider(region: Region): Provider {
  const { name, provider: kind, endpoint, signingRegion, gateways, settings, sealedCredentials } = region;
  const sealed = Buffer.from(sealedCredentials ?? []).toString("base64");
  const madeOf = JSON.stringify([name, kind, endpoint, signingRegion, gateways, settings, sealed]);
  const known = opened.get(region.id);
  if (known?.madeOf === madeOf) return known.provider;
  const provider = guard(createProvider(kind, { ...region, credentials: openCredentials(region) }), name, logger);
  opened.set(region.id, { madeOf, provider });
  return provider;
}

/** Open drivers by region. A driver is replaced when the row of its region changes. */
const opened = new Map<string, { madeOf: string; provider: Provider }>();

/** The admin credentials of a region, as its driver reads them. Throws `ProviderError`. */
export function openCredentials(region: Region): Secret {
  if (!region.sealedCredentials) return new Secret("{}");
  try {
    return new Secret(openSealed(Buffer.from(region.sealedCredentials), credentialsContext(region.id)));
  } catch (error) {
    throw new ProviderError("invalid", `the credentials of region "${region.name}" cannot be opened`, { cause: error });
  }
}

/**
 * The input that would save a region as it is, so that a part of it can be changed. Throws `ProviderError` when its
 * credentials cannot be opened and no others are given.
 */
export function toRegionInput(region: Region, others?: Secret): RegionInput {
  const { name, provider, endpoint, signingRegion, gateways } = region;
  const settings = omitFoundSettings(provider, region.settings as Prisma.InputJsonObject) as Prisma.InputJsonObject;
  return {
    name,
    provider,
    endpoint,
    signingRegion,
    gateways,
    settings,
    credentials: others ?? openCredentials(region),
  };
}

/** A region by name. Throws NOT_FOUND. */
export async function findRegion(name: string): Promise<Region> {
  const region = await db.region.findUnique({ where: { name } });
  if (!region) throw new AppError("NOT_FOUND", "region is not there", { userMessage: `There is no region ${name}.` });
  return region;
}

/** Keys that the storage system has, or may still have. A key that is only written ahead need not be there yet. */
const HELD: { OR: Prisma.AccessKeyWhereInput[] } = {
  OR: [
    { state: { in: ["ISSUED", "ACTIVE", "INACTIVE", "EXPIRED", "RETIRING"] satisfies AccessKeyState[] } },
    { state: "REVOKING", removedAt: null },
  ],
};

/**
 * The keys that have not ended, of at most `limit` principals of a region. Principals with the newest keys come first.
 */
export async function sampleHeldKeys(
  regionId: string,
  limit: number,
): Promise<{ principal: string; accessKeyIds: string[] }[]> {
  const newest = await db.accessKey.groupBy({
    by: ["principalId"],
    where: { regionId, ...HELD },
    orderBy: { _max: { createdAt: "desc" } },
    take: limit,
  });
  const principals = await db.principal.findMany({
    where: { id: { in: newest.map(({ principalId }) => principalId) } },
    select: { id: true, externalId: true, accessKeys: { where: HELD, select: { accessKeyId: true } } },
  });
  return newest.flatMap(({ principalId }) =>
    principals
      .filter(({ id }) => id === principalId)
      .map(({ externalId, accessKeys }) => ({
        principal: externalId,
        accessKeyIds: accessKeys.map(({ accessKeyId }) => accessKeyId),
      })),
  );
}

/** How the refusal of a key can be measured at the region's gateways. Undefined before the calibration. */
export function readCalibration(region: Pick<Region, "calibration">): Calibration | undefined {
  return calibrationSchema.safeParse(region.calibration).data;
}

/**
 * The regions whose keys were not compared with the storage system for this long. A region is given to one caller only:
 * the others find that it was compared just now.
 */
export async function claimRegionsToSample(everyMs: number): Promise<Region[]> {
  const now = await readDatabaseClock(db);
  const before = new Date(now.getTime() - everyMs);
  const due = await db.region.findMany({ where: { OR: [{ sampledAt: null }, { sampledAt: { lte: before } }] } });
  const claimed: Region[] = [];
  for (const region of due) {
    const where = { id: region.id, sampledAt: region.sampledAt };
    const { count } = await db.region.updateMany({ where, data: { sampledAt: now } });
    if (count === 1) claimed.push(region);
  }
  return claimed;
}

/** How long keys of a region usually work on after their end was decided. Milliseconds; null: not known. */
export interface Usual {
  /** Those that others took the place of. */
  replaced: number | null;
  /** Those whose access was ended. */
  ended: number | null;
}

/** What is kept of each region about how long its keys usually work on after their end. */
export async function listUsualRefusals(): Promise<({ id: string } & Usual)[]> {
  const regions = await db.region.findMany({ select: { id: true, usualReplacedMs: true, usualEndedMs: true } });
  return regions.map(({ id, usualReplacedMs, usualEndedMs }) => ({
    id,
    replaced: usualReplacedMs,
    ended: usualEndedMs,
  }));
}

/** Keeps on a region how long its keys usually work on after their end. */
export async function noteUsualRefusals(regionId: string, { replaced, ended }: Usual): Promise<void> {
  await db.region.updateMany({
    where: { id: regionId },
    data: { usualReplacedMs: replaced, usualEndedMs: ended },
  });
}

/** Writes down after which principal the next comparison goes on; null for the beginning. */
export async function moveSample(regionId: string, after: string | null): Promise<void> {
  await db.region.updateMany({ where: { id: regionId }, data: { sampledAfter: after } });
}

/**
 * How many current keys the storage system of each region does not know: of a project, or of all projects. Regions
 * without any are left out.
 */
export async function countMissingKeys(projectId?: string): Promise<Map<string, number>> {
  const counts = await db.accessKey.groupBy({
    by: ["regionId"],
    where: { missingSince: { not: null }, ...(projectId ? { projectId } : {}) },
    _count: true,
  });
  return new Map(counts.map(({ regionId, _count }) => [regionId, _count]));
}
