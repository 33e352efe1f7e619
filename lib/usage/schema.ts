import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";

/** What a project stores in one region, as its storage system told it last. Bytes are decimal integers. */
export interface RegionFigures {
  buckets: number;
  objects: number;
  bytes: string;
  /** Null: no limit, or the storage system tells none. */
  quotaBytes: string | null;
  quotaObjects: number | null;
  /** When the storage system told it. ISO 8601. */
  asOf: string;
}

/** The figures of a project in one region of its dashboard. */
export interface RegionUsage {
  region: string;
  /** Null: never told yet. Where `tellsUsage` is false it stays so. */
  figures: RegionFigures | null;
  /** Since when the storage system does not tell figures. Null: it does, or was not asked yet. ISO 8601. */
  failingSince: string | null;
  /** False: the storage system, as it is set up in the portal, never tells figures. Keystone without radosgw's admin API. */
  tellsUsage: boolean;
}

export const HISTORY_RANGES = ["24h", "30d", "13mo"] as const;
export type HistoryRange = (typeof HISTORY_RANGES)[number];

/** Figures of one region at one time. */
export interface UsagePoint {
  at: string;
  region: string;
  buckets: number;
  objects: number;
  bytes: string;
}

export const BUCKET_SORTS = ["name", "bytes", "objects", "createdAt"] as const;
export type BucketSort = (typeof BUCKET_SORTS)[number];

export interface BucketRow {
  region: string;
  name: string;
  createdAt: string;
  objects: number;
  bytes: string;
}

const SEARCH_MAX = 200;
/** A cursor has the name of a bucket in it. */
const CURSOR_MAX = 1_000;

/** Which buckets, in which order. The order of the names decides between equal values. */
export const bucketQuery = z.strictObject({
  region: slugSchema.optional(),
  /** A part of the name. */
  search: plainText.max(SEARCH_MAX).optional(),
  sort: z.enum(BUCKET_SORTS).default("name"),
  order: z.enum(["asc", "desc"]).default("asc"),
  cursor: z.string().max(CURSOR_MAX).optional(),
});
export type BucketQuery = z.infer<typeof bucketQuery>;

export interface BucketPage {
  rows: BucketRow[];
  /** The cursor of the next page; null on the last. */
  next: string | null;
}

const whole = z.int().nonnegative();
const decimal = z.string().regex(/^\d+$/);
const moment = z.iso.datetime();

const regionFiguresSchema: z.ZodType<RegionFigures> = z.strictObject({
  buckets: whole,
  objects: whole,
  bytes: decimal,
  quotaBytes: decimal.nullable(),
  quotaObjects: whole.nullable(),
  asOf: moment,
});

/** The reply that carries the figures of a project. */
export const regionUsagesSchema: z.ZodType<RegionUsage[]> = z.array(
  z.strictObject({
    region: z.string(),
    figures: regionFiguresSchema.nullable(),
    failingSince: moment.nullable(),
    tellsUsage: z.boolean(),
  }),
);

/** The reply that carries a page of buckets. */
export const bucketPageSchema: z.ZodType<BucketPage> = z.strictObject({
  rows: z.array(
    z.strictObject({ region: z.string(), name: z.string(), createdAt: moment, objects: whole, bytes: decimal }),
  ),
  next: z.string().nullable(),
});
