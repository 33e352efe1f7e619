import "server-only";
import type { ProjectScope } from "@/lib/gate/scope";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { OPEN_STATES } from "@/lib/operations/rules";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { isPlainText } from "@/lib/platform/text/plain-text";
import { ProviderError } from "@/lib/providers/errors";
import { readAllowedRegions } from "@/lib/project-regions/data";
import {
  explainNoRotation,
  isWrittenAtStart,
  listCredentialNames,
  listProviderForms,
  nameKind,
  omitFoundSettings,
  type ProviderForm,
  readOpenCredentials,
} from "@/lib/providers/registry";
import { describeRotation } from "@/lib/regions/administration/read-rotation";
import { countMissingKeys, openCredentials, openProvider } from "@/lib/regions/data";
import { toSentence } from "@/lib/regions/rules";
import type { RegionDetail, RegionRow } from "@/lib/regions/schema";
import type { AccessKeyState, Prisma, Region } from "@/prisma/generated/client";

const PAGE_SIZE = 50;
/** All but FAILED. */
const KNOWN_STATES: AccessKeyState[] = [
  ...(["CREATING", "ISSUED", "ACTIVE", "INACTIVE", "RETIRING", "EXPIRED"] as const),
  ...(["REVOKING", "REVOKED"] as const),
];

export interface RegionOverview {
  name: string;
  endpoint: string;
  signingRegion: string;
  /**
   * `closed`: the project cannot use the region. `not-enabled`: it has had no key there. `unreachable`: the last check of
   * the region failed.
   */
  service: "ok" | "unreachable" | "not-enabled" | "closed";
  /** How many current keys of the project the storage system does not know. */
  missingKeys: number;
}

/** The names of all regions, in their order. */
export async function listRegionNames(): Promise<string[]> {
  const rows = await db.region.findMany({ orderBy: { name: "asc" }, select: { name: true } });
  return rows.map(({ name }) => name);
}

/**
 * Where a project can store, and how each region does by its last check. No storage system is waited for. A region that
 * is `closed` here is closed on its card, and one that is `not-enabled` has nothing on its card.
 */
export async function loadOverview({ projectId }: ProjectScope): Promise<RegionOverview[]> {
  const regions = await db.region.findMany({ orderBy: { name: "asc" } });
  const missing = await countMissingKeys(projectId);
  const allowed = await readAllowedRegions(projectId);
  const used = await listRegionsWithKeys(projectId);
  return regions.map((region) => {
    const { id, name, endpoint, signingRegion, disabledAt, failingSince } = region;
    const isOpen = disabledAt === null && (allowed?.has(id) ?? true) && opens(region);
    const answers = failingSince === null ? "ok" : "unreachable";
    const service = !isOpen ? "closed" : used.has(id) ? answers : "not-enabled";
    return { name, endpoint, signingRegion, missingKeys: missing.get(id) ?? 0, service };
  });
}

/** The regions in which the project has or had a key. A key that nobody got does not count. */
async function listRegionsWithKeys(projectId: string): Promise<ReadonlySet<string>> {
  const principals = await db.principal.findMany({ where: { projectId }, select: { id: true, regionId: true } });
  const used = new Set<string>();
  for (const { id, regionId } of principals) {
    const where = { principalId: id, state: { in: KNOWN_STATES } };
    if (await db.accessKey.findFirst({ where, select: { id: true } })) used.add(regionId);
  }
  return used;
}

/** Whether the settings and credentials of a region work for the portal at all. */
function opens(region: Region): boolean {
  try {
    openProvider(region);
    return true;
  } catch (error) {
    if (error instanceof ProviderError) return false;
    throw error;
  }
}

/** A page of all regions, newest first. For those who manage the installation: the caller checks. */
export async function listRegions(query: {
  cursor?: string | undefined;
}): Promise<{ rows: RegionRow[]; next: string | null }> {
  const regions = await db.region.findMany({
    where: query.cursor ? olderThan(decodeCursor(query.cursor)) : {},
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    omit: { sealedCredentials: true, sealedRotation: true },
  });
  const page = cutPage(regions, PAGE_SIZE);
  const waiting = await loadWaiting();
  const missing = await countMissingKeys();
  return { rows: page.rows.map((region) => toRow(region, waiting, missing)), next: page.next };
}

function toRow(
  region: Omit<Region, "sealedCredentials" | "sealedRotation">,
  waiting: Awaited<ReturnType<typeof loadWaiting>>,
  missing: Map<string, number>,
): RegionRow {
  const { id, name, provider, endpoint, signingRegion, checkError, declared, warnings, rotationError } = region;
  return {
    id,
    name,
    provider,
    endpoint,
    signingRegion,
    checkError,
    rotationError,
    declared,
    title: nameKind(provider),
    writtenAtStart: !declared && isWrittenAtStart(region),
    warnings: warnings.map(toSentence),
    checkedAt: region.checkedAt?.toISOString() ?? null,
    failingSince: region.failingSince?.toISOString() ?? null,
    disabledAt: region.disabledAt?.toISOString() ?? null,
    waiting: waiting.get(id) ?? null,
    missingKeys: missing.get(id) ?? 0,
  };
}

/** What a region of each kind of storage system takes. */
export function loadProviderForms(): ProviderForm[] {
  return listProviderForms();
}

/**
 * One region for those who manage the installation, without any secret, and what a region of its kind takes. Undefined
 * when there is none of this name.
 */
export async function loadRegion(name: string): Promise<{ region: RegionDetail; form: ProviderForm } | undefined> {
  const region = isPlainText(name) ? await db.region.findUnique({ where: { name } }) : null;
  const form = listProviderForms().find(({ kind }) => kind === region?.provider);
  if (!region || !form) return undefined;
  const detail = {
    ...toRow(region, await loadWaiting(), await countMissingKeys()),
    gateways: region.gateways,
    settings: toTexts(omitFoundSettings(region.provider, region.settings as Prisma.JsonObject)),
    openCredentials: readOpened(region),
    noRotation: explainNoRotation(region.provider) ?? null,
    givenCredentials: listGiven(region),
    rotation: describeRotation(region),
  };
  return { region: detail, form };
}

/** The names of the credentials; none where no master key opens them. */
function listGiven(region: Region): string[] {
  try {
    return listCredentialNames(openCredentials(region));
  } catch (error) {
    if (error instanceof ProviderError) return [];
    throw error;
  }
}

/** The credentials that are no secret; none where no master key opens them. */
function readOpened(region: Region): Record<string, string> {
  try {
    return readOpenCredentials(region.provider, openCredentials(region));
  } catch (error) {
    if (error instanceof ProviderError) return {};
    throw error;
  }
}

function toTexts(values: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/**
 * A change that was decided this long ago and is not carried out counts as waiting. Before that it is in progress.
 * Seconds.
 */
const WAITS_AFTER_SECONDS = 30;

/** The changes that wait for each region's storage system. Regions without any are left out. */
async function loadWaiting(): Promise<Map<string, { changes: number; since: string }>> {
  const before = new Date((await readDatabaseClock(db)).getTime() - WAITS_AFTER_SECONDS * 1_000);
  const keys = await db.accessKey.groupBy({
    by: ["regionId"],
    where: { state: "REVOKING", endedAt: { lt: before } },
    _count: true,
    _min: { endedAt: true },
  });
  const operations = await db.operation.groupBy({
    by: ["regionId"],
    // An operation that is still in its time does not wait.
    where: {
      state: { in: [...OPEN_STATES] },
      OR: [{ dueAt: { lt: before } }, { dueAt: null, createdAt: { lt: before } }],
    },
    _count: true,
    _min: { dueAt: true, createdAt: true },
  });
  const waits = [
    ...keys.map(({ regionId, _count, _min }) => ({ regionId, changes: _count, since: _min.endedAt ?? before })),
    ...operations.map(({ regionId, _count, _min }) => ({
      regionId,
      changes: _count,
      since: _min.dueAt ?? _min.createdAt ?? before,
    })),
  ];
  const waiting = new Map<string, { changes: number; since: string }>();
  for (const { regionId, changes, since } of waits) {
    const known = waiting.get(regionId);
    const first = known && known.since < since.toISOString() ? known.since : since.toISOString();
    waiting.set(regionId, { changes: changes + (known?.changes ?? 0), since: first });
  }
  return waiting;
}
