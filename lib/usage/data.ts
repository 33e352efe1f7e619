import "server-only";
import { z } from "zod";
import { containsText } from "@/lib/platform/db/contains";
import { db, type Transaction } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { parseJson } from "@/lib/platform/text/parse-json";
import { plainText } from "@/lib/platform/text/plain-text";
import type { BucketView, Quota, Usage } from "@/lib/providers/provider";
import { dayOf, DAILY_DAYS, hourOf, HOURLY_DAYS, nextCollection } from "@/lib/usage/rules";
import type { BucketRow, BucketSort } from "@/lib/usage/schema";
import type { Prisma, StoredBucket } from "@/prisma/generated/client";

/**
 * Rows of one statement. Prisma composes a statement in one go: with more rows the worker does nothing else for a while, and
 * on a busy machine the database ends a transaction that waits for it.
 */
const ROWS_AT_ONCE = 250;
const DAY_MS = 24 * 60 * 60_000;

/** Figures that are due, and whose they are. */
export interface Due {
  principalId: string;
  projectId: string;
  /** The principal's name on the storage system. */
  externalId: string;
  /** How many buckets it had; null where it was never told. */
  buckets: number | null;
}

/** The regions that can be used and have figures that are due. */
export async function listRegionsWithDue(now: Date): Promise<string[]> {
  const regions = await db.region.findMany({
    where: { disabledAt: null, usageFigures: { some: { dueAt: { lte: now } } } },
    select: { id: true },
  });
  return regions.map(({ id }) => id);
}

/**
 * Takes figures of a region that are due, and makes them due again in an hour, so that whatever happens they are not
 * asked for again at once. Those that became due last come first: a person waits for them. Undefined when none are due.
 */
export async function claimDue(regionId: string, now: Date): Promise<Due | undefined> {
  const due = await db.usageFigures.findFirst({
    where: { regionId, dueAt: { lte: now } },
    orderBy: { dueAt: "desc" },
    select: { principalId: true, dueAt: true, buckets: true, principal: true },
  });
  if (!due) return undefined;
  const { principalId, dueAt, buckets, principal } = due;
  const { count } = await db.usageFigures.updateMany({
    where: { principalId, dueAt },
    data: { askedAt: now, dueAt: nextCollection(principalId, now) },
  });
  if (count === 0) return claimDue(regionId, now);
  return { principalId, projectId: principal.projectId, externalId: principal.externalId, buckets };
}

/** Has the figures of principals collected from now on, where that is not so already. */
export async function noteFigures(tx: Transaction, principals: { id: string; regionId: string }[]): Promise<void> {
  const data = principals.map(({ id, regionId }) => ({ principalId: id, regionId }));
  await tx.usageFigures.createMany({ data, skipDuplicates: true });
}

/** At most `limit` principals whose figures nobody has collected yet. */
export function listPrincipalsWithoutFigures(limit: number): Promise<{ id: string; regionId: string }[]> {
  return db.principal.findMany({
    where: { usageFigures: null },
    take: limit,
    select: { id: true, regionId: true },
  });
}

/** What a storage system told of a principal. */
export interface Told {
  usage: Pick<Usage, "buckets" | "objects" | "bytes">;
  quota: Quota;
  buckets: readonly BucketView[];
}

/**
 * Keeps what a storage system told at `asOf`: the figures, a sample when it is the first of its hour, and the buckets.
 * Does nothing when it told something later already.
 */
export async function saveTold(tx: Transaction, principalId: string, told: Told, asOf: Date): Promise<void> {
  const figures = {
    buckets: told.usage.buckets,
    objects: BigInt(told.usage.objects),
    bytes: told.usage.bytes,
    quotaBytes: told.quota.bytes ?? null,
    quotaObjects: told.quota.objects === undefined ? null : BigInt(told.quota.objects),
  };
  const { count } = await tx.usageFigures.updateMany({
    where: { principalId, OR: [{ asOf: null }, { asOf: { lt: asOf } }] },
    data: { ...figures, asOf, failingSince: null },
  });
  if (count === 0) return;
  const hour = hourOf(asOf);
  const today = await tx.usageSample.findFirst({
    where: { principalId, hour: { gte: dayOf(asOf) } },
    orderBy: { hour: "desc" },
    select: { hour: true },
  });
  if (!today || today.hour < hour)
    await tx.usageSample.create({ data: { principalId, hour, takenAt: asOf, ...figures, daily: !today } });
  await replaceBuckets(tx, principalId, told.buckets);
}

/** Writes the differences only: most buckets are as they were an hour ago. */
async function replaceBuckets(tx: Transaction, principalId: string, told: readonly BucketView[]): Promise<void> {
  const known = new Map((await tx.storedBucket.findMany({ where: { principalId } })).map((row) => [row.name, row]));
  const toldNames = new Set(told.map(({ name }) => name));
  const changed = told.filter((bucket) => !isAsKnown(known.get(bucket.name), bucket));
  const outdated = [
    ...[...known.keys()].filter((name) => !toldNames.has(name)),
    ...changed.map(({ name }) => name).filter((name) => known.has(name)),
  ];
  const rows = changed.map(({ name, createdAt, objects, bytes }) => ({
    principalId,
    name,
    createdAt,
    objects: BigInt(objects),
    bytes,
  }));
  for (let begin = 0; begin < outdated.length; begin += ROWS_AT_ONCE) {
    const name = { in: outdated.slice(begin, begin + ROWS_AT_ONCE) };
    await tx.storedBucket.deleteMany({ where: { principalId, name } });
  }
  for (let begin = 0; begin < rows.length; begin += ROWS_AT_ONCE)
    await tx.storedBucket.createMany({ data: rows.slice(begin, begin + ROWS_AT_ONCE), skipDuplicates: true });
}

const isAsKnown = (known: StoredBucket | undefined, { createdAt, objects, bytes }: BucketView): boolean =>
  known?.bytes === bytes && known.objects === BigInt(objects) && known.createdAt.getTime() === createdAt.getTime();

/** Notes that a storage system does not tell the figures. The last ones stay. */
export async function noteFailure(principalId: string, since: Date): Promise<void> {
  await db.usageFigures.updateMany({ where: { principalId, failingSince: null }, data: { failingSince: since } });
}

/** Deletes at most `atOnce` samples that are older than every hour is kept for, except one a day. Gives their number. */
export async function deleteHourlySamples(now: Date, atOnce: number): Promise<number> {
  const hour = { lt: new Date(now.getTime() - HOURLY_DAYS * DAY_MS) };
  const { count } = await db.usageSample.deleteMany({ where: { daily: false, hour }, limit: atOnce });
  return count;
}

/** Deletes at most `atOnce` samples of days that are not kept any more. Gives their number. */
export async function deleteDailySamples(now: Date, atOnce: number): Promise<number> {
  const hour = { lt: new Date(now.getTime() - DAILY_DAYS * DAY_MS) };
  const { count } = await db.usageSample.deleteMany({ where: { daily: true, hour }, limit: atOnce });
  return count;
}

/** Which buckets of one principal, in which order, from where on. */
export interface BucketStretch {
  sort: BucketSort;
  order: "asc" | "desc";
  /** A part of the name. */
  search: string | undefined;
  /** The buckets behind this one; `inclusive`: also a bucket of this very value and name. */
  after: { value: string; name: string; inclusive: boolean } | undefined;
  take: number;
}

/**
 * Buckets of one principal. The bucket where the list goes on may share its value with thousands of others: those with
 * the value and those behind it are two queries, and each reads its own part of an index.
 */
export async function readBuckets(principalId: string, stretch: BucketStretch): Promise<StoredBucket[]> {
  const { sort, order, search, after, take } = stretch;
  const where = { principalId, ...(search ? { name: containsText(search) } : {}) };
  const orderBy = sort === "name" ? [{ name: order }] : [{ [sort]: order }, { name: order }];
  const find = (more: Prisma.StoredBucketWhereInput, count: number) =>
    db.storedBucket.findMany({ where: { AND: [where, more] }, orderBy, take: count });
  if (!after) return find({}, take);
  const behind = order === "asc" ? "gt" : "lt";
  const name = { [after.inclusive ? `${behind}e` : behind]: after.name };
  if (sort === "name") return find({ name }, take);
  const value = sort === "createdAt" ? new Date(after.value) : BigInt(after.value);
  const equal = await find({ [sort]: value, name }, take);
  if (equal.length === take) return equal;
  return [...equal, ...(await find({ [sort]: { [behind]: value } }, take - equal.length))];
}

/** The last bucket of a page. */
export interface BucketPlace {
  sort: BucketSort;
  /** By what the list is sorted, as a text. */
  value: string;
  name: string;
  region: string;
}

/** The place of the last bucket of a page as an opaque text for URLs. */
export function encodeBucketCursor(bucket: BucketRow, sort: BucketSort): string {
  const place: BucketPlace = { sort, value: String(bucket[sort]), name: bucket.name, region: bucket.region };
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

const INTEGER_MAX = 2n ** 63n - 1n;
const integer = z
  .string()
  .regex(/^\d{1,19}$/)
  .refine((text) => BigInt(text) <= INTEGER_MAX);
/** PostgreSQL knows no year 0. */
const time = z.iso.datetime().regex(/^[1-9]/);
const VALUES = { name: plainText, bytes: integer, objects: integer, createdAt: time };

/**
 * The place that `encodeBucketCursor` made a text of, for a list that is sorted in the same way. Throws BAD_INPUT for any
 * other text.
 */
export function decodeBucketCursor(text: string, sort: BucketSort): BucketPlace {
  const placeSchema = z.strictObject({
    sort: z.literal(sort),
    value: VALUES[sort],
    name: plainText,
    region: plainText,
  });
  const place = placeSchema.safeParse(parseJson(Buffer.from(text, "base64url").toString("utf8")));
  if (place.success) return place.data;
  throw new AppError("BAD_INPUT", "not a cursor", {
    userMessage: "The cursor is not one of this list. Nothing was changed.",
  });
}
