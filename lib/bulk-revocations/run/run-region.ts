import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { type MeasuredRegion, measureRound, openLaterReceipts } from "@/lib/access-keys/revoke/measure-round";
import { isMeasuredHere, markProved, resetRunning } from "@/lib/bulk-revocations/data";
import { decideNext } from "@/lib/bulk-revocations/run/decide";
import { removeNext } from "@/lib/bulk-revocations/run/remove";
import { connectQueue } from "@/lib/jobs/queue";
import { db } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import { ProviderError } from "@/lib/providers/errors";
import { MEASURE_PAUSE_MS } from "@/lib/receipts/rules";
import { openProvider, readCalibration } from "@/lib/regions/data";
import { ensureCalibration } from "@/lib/regions/mutations";
import { isSameRegion } from "@/lib/regions/rules";
import type { Prisma, Region } from "@/prisma/generated/client";

/** So long a run stays after its last progress. A gateway that keeps keys for longer is measured by further runs. */
const STAYS_MS = 2_000;
const PROVED_AT_ONCE = 1_000;

/**
 * Ends the keys of all bulk revocations in a region: decides the ends of those that wait, removes them, and measures their
 * refusal. Goes on until nothing is left to do but to wait for gateways, or the time is over. Every step finds its work in
 * the database, so that a run goes on where another has stopped. Only one process may do this for a region at a time: the
 * queue has one job a region. A second one would do no harm, and no good.
 */
export async function runRegion(regionId: string, until: number): Promise<void> {
  let region = await findRegionRow(regionId);
  if (!region) return;
  await connectQueue();
  await resetRunning(regionId);
  const measuredKeys = isMeasuredHere(regionId);
  let measured: MeasuredRegion | undefined;
  let progressAt = -Infinity;
  while (Date.now() < until) {
    const decided = await decideNext(region);
    const removed = await removeNext(regionId, until);
    // The removed keys have a receipt for each gateway of the region as it is now.
    const now = await findRegionRow(regionId);
    if (!now) return;
    if (!isSameRegion(region, now)) measured = undefined;
    region = now;
    measured ??= await openMeasured(region, measuredKeys);
    const revoked = measured ? await measureRound(measured, measuredKeys, until) : 0;
    if (decided + removed + revoked > 0) {
      progressAt = Date.now();
      continue;
    }
    const waits = await db.accessKey.findFirst({ where: measuredKeys, select: { id: true } });
    if (!waits || Date.now() - progressAt >= STAYS_MS) break;
    await pause(MEASURE_PAUSE_MS);
  }
  await markProved(PROVED_AT_ONCE);
}

const findRegionRow = (id: string): Promise<Region | null> => db.region.findUnique({ where: { id } });

/** Undefined when the driver cannot be opened: then no key is removed either, and each has failed with its sentence. */
async function openMeasured(region: Region, keys: Prisma.AccessKeyWhereInput): Promise<MeasuredRegion | undefined> {
  try {
    const provider = openProvider(region);
    await openLaterReceipts(region, provider, keys);
    const calibration = await ensureCalibration(region).catch(() => readCalibration(region) ?? {});
    return { name: region.name, provider, calibration };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ err: error, region: region.name }, "the driver of a region cannot be opened");
    return undefined;
  }
}
