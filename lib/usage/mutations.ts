import "server-only";
import { randomUUID } from "node:crypto";
import { connectQueue, enqueue } from "@/lib/jobs/queue";
import { db } from "@/lib/platform/db/client";
import { lockName, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { logger } from "@/lib/platform/logger";
import { readAllowedRegions } from "@/lib/project-regions/data";
import { ProviderError } from "@/lib/providers/errors";
import type { Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import {
  claimDue,
  type Due,
  listPrincipalsWithoutFigures,
  listRegionsWithDue,
  noteFailure,
  noteFigures,
  saveTold,
  type Told,
} from "@/lib/usage/data";
import type { Region } from "@/prisma/generated/client";

/** How long a storage system may take for all that is asked about one principal. */
const ASK_WITHIN_MS = 30_000;
/** How long the answer may take to be kept: thousands of buckets may be new. */
const SAVE_WITHIN_MS = 20_000;
const PAGE = 500;

const NOTHING: Told = {
  usage: { buckets: 0, objects: 0, bytes: 0n },
  quota: { bytes: undefined, objects: undefined },
  buckets: [],
};

type Clock = () => Promise<Date>;
const databaseClock: Clock = () => readDatabaseClock(db);

/** Has the figures of every principal collected from now on. For the worker, every hour: most are known by then. */
export async function noteAllFigures(atOnce = PAGE): Promise<void> {
  let found: { id: string; regionId: string }[];
  do {
    found = await listPrincipalsWithoutFigures(atOnce);
    const principals = found;
    await withTransaction((tx) => noteFigures(tx, principals));
  } while (found.length === atOnce);
}

/** Enqueues a job for each region with figures that are due. For the worker, every few seconds. */
export async function enqueueCollections(now: Clock = databaseClock): Promise<void> {
  const regions = await listRegionsWithDue(await now());
  if (regions.length === 0) return;
  await connectQueue();
  await withTransaction(async (tx) => {
    // A region with an unfinished job gets no second one.
    for (const regionId of regions) await enqueue(tx, "collect-usage", { regionId }, regionId);
  });
}

/** Has the figures of principals collected as soon as can be. */
export async function askForFigures(principals: { id: string; regionId: string }[]): Promise<void> {
  await connectQueue();
  await withTransaction(async (tx) => {
    await noteFigures(tx, principals);
    const now = await readDatabaseClock(tx);
    const principalId = { in: principals.map(({ id }) => id) };
    await tx.usageFigures.updateMany({ where: { principalId, dueAt: { gt: now } }, data: { dueAt: now } });
    // A job that is just ending does not see them. The worker's next look does.
    for (const regionId of new Set(principals.map((principal) => principal.regionId)))
      await enqueue(tx, "collect-usage", { regionId }, regionId);
  });
}

/**
 * Collects the figures of a region that are due, one principal after the other, until there are none or the time is over.
 * The queue has one job a region, so a storage system has one call at a time. One that does not answer is left alone
 * until the next job.
 */
export async function collectRegion(regionId: string, until: number, now: Clock = databaseClock): Promise<void> {
  while (Date.now() < until) {
    const region = await db.region.findUnique({ where: { id: regionId } });
    if (!region || region.disabledAt) return;
    const asOf = await now();
    const due = await claimDue(regionId, asOf);
    if (!due) return;
    const allowed = await readAllowedRegions(due.projectId);
    if (allowed && !allowed.has(regionId)) continue;
    if (!(await collect(region, due, asOf))) return;
  }
}

/** Whether the storage system answered. */
async function collect(region: Region, due: Due, asOf: Date): Promise<boolean> {
  const { principalId, externalId, buckets } = due;
  try {
    const told = await ask(openProvider(region), externalId);
    if (told) await save(principalId, told, asOf);
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.debug({ region: region.name, principal: externalId, reason: error.message }, "no figures");
    const isUnknown = error.failure === "not-found";
    // One that never had a bucket there stores nothing. That one with buckets is gone does not prove its data gone.
    if (isUnknown && !buckets) await save(principalId, NOTHING, asOf);
    else await noteFailure(principalId, asOf);
    return isUnknown;
  }
}

/** One call after the other. Undefined where the storage system tells no figures. */
async function ask(provider: Provider, principal: string): Promise<Told | undefined> {
  const context = { signal: AbortSignal.timeout(ASK_WITHIN_MS), requestId: randomUUID() };
  const usage = await provider.usage?.(principal, context);
  if (!usage) return undefined;
  const quota = (await provider.quota?.(principal, context)) ?? NOTHING.quota;
  const buckets = (await provider.listBuckets?.(principal, context)) ?? [];
  return { usage, quota, buckets };
}

async function save(principalId: string, told: Told, asOf: Date): Promise<void> {
  await withTransaction(
    async (tx) => {
      // Two answers for one principal are kept one after the other.
      await lockName(tx, `usage:${principalId}`);
      await saveTold(tx, principalId, told, asOf);
    },
    { timeoutMs: SAVE_WITHIN_MS },
  );
}
