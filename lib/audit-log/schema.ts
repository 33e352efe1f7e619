import { z } from "zod";
import { type AuditEventName, EVENT_DATA } from "@/lib/audit/events";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";

export const EVENT_NAMES = Object.keys(EVENT_DATA) as [AuditEventName, ...AuditEventName[]];
export const OUTCOMES = ["requested", "done", "failed", "refused"] as const;

const WHO_MAX = 200;
const ACCESS_KEY_MAX = 128;
/** PostgreSQL knows no year 0. */
const year = /^[1-9]/;
const NO_TIME = "Use a date such as 2026-11-28, or a time such as 2026-11-28T09:30:00Z";

/** A day, or a time with its offset. */
const timeSchema = z.union([z.iso.date().regex(year), z.iso.datetime({ offset: true }).regex(year)], NO_TIME);

/** What a list or an export of the audit log is limited to. Everything is optional. */
export const activityFilterSchema = z.strictObject({
  /** A part of the name or of the e-mail address of the person who acted, or `Latchkey` for the program itself. */
  who: plainText.max(WHO_MAX, `Use at most ${WHO_MAX} characters`).optional(),
  event: z.enum(EVENT_NAMES, "There is no such event").optional(),
  outcome: z.enum(OUTCOMES, "There is no such outcome").optional(),
  region: slugSchema.optional(),
  /** The whole access key id. */
  accessKey: z
    .string()
    .max(ACCESS_KEY_MAX, `Use at most ${ACCESS_KEY_MAX} characters`)
    .regex(/^[A-Za-z0-9]+$/, "Use the whole access key id")
    .optional(),
  /** From this day or time on. */
  from: timeSchema.optional(),
  /** To the end of this day, or before this time. */
  to: timeSchema.optional(),
});
export type ActivityFilter = z.infer<typeof activityFilterSchema>;

/** The same for the whole log. */
export const auditFilterSchema = activityFilterSchema.extend({ project: slugSchema.optional() });
export type AuditFilter = z.infer<typeof auditFilterSchema>;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The end of the day, or the time itself. */
export const endOf = (to: string): Date => new Date(new Date(to).getTime() + (to.includes("T") ? 0 : DAY_MS));

export const endsAfterStart = ({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean =>
  !from || !to || endOf(to) > new Date(from);
export const END_AFTER_START = { path: ["to"], error: "To is before From" };

export const EXPORT_FORMATS = ["ndjson", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A line of the audit log as a page and the API show it. */
export interface AuditLine {
  id: string;
  at: string;
  event: string;
  outcome: string;
  actor: string | null;
  sentence: string;
  project: { slug: string; name: string } | null;
  /** From where the person acted. */
  address: string | null;
}

export interface AuditPage {
  rows: AuditLine[];
  next: string | null;
}
