import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";
import type { Secret } from "@/lib/platform/secret";
import type { Calibration } from "@/lib/providers/calibration";
import { CHECK_STEPS, type StepFinding } from "@/lib/providers/steps";
import type { Prisma } from "@/prisma/generated/client";

export type { ProviderField } from "@/lib/providers/fields";
export type { ProviderForm } from "@/lib/providers/registry";

/** The input that makes a region. */
export interface RegionInput {
  name: string;
  provider: string;
  endpoint: string;
  signingRegion: string;
  gateways: string[];
  settings: Prisma.InputJsonObject;
  /** The driver's admin credentials as JSON. */
  credentials: Secret;
}

const FIELD_MAX = 4_096;
const field = plainText.max(FIELD_MAX, `Use at most ${FIELD_MAX} characters`);
const names = plainText.min(1).max(64);
/** The most fields of one kind. No driver has half as many. */
const FIELDS_MAX = 40;
const record = <T extends z.ZodType>(value: T) =>
  z
    .record(names, value)
    .refine((fields) => Object.keys(fields).length <= FIELDS_MAX, `Give at most ${FIELDS_MAX} fields`);

const urlField = outboundUrl.refine((url) => url.length <= FIELD_MAX);
const regionFields = {
  endpoint: urlField,
  signingRegion: plainText.min(1, "Give a signing region").max(64, "Use at most 64 characters"),
  gateways: z.array(urlField).max(64, "Give at most 64 gateways"),
  /** An empty text stands for a setting that is left out. */
  settings: record(z.union([field, z.number(), z.boolean()])),
  credentials: record(field),
};

/** A new region as it is typed. */
export const newRegionSchema = z.strictObject({
  // The page that adds a region has this address.
  name: slugSchema.refine((name) => name !== "new", "Use another name than new"),
  provider: names,
  ...regionFields,
});

/**
 * A change of a region. What is left out stays, each setting and each credential by itself. An empty text removes an
 * optional one.
 */
export const changedRegionSchema = z.strictObject({
  name: slugSchema,
  ...z.object(regionFields).partial().shape,
  /** Whether the region is changed also while a rotation of its credentials is not finished. */
  despiteRotation: z.boolean().optional(),
});

/** A region that is to be checked, and perhaps saved. */
export const regionWishSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("new"), region: newRegionSchema }),
  z.strictObject({ kind: z.literal("changed"), region: changedRegionSchema }),
]);
export type RegionWish = z.infer<typeof regionWishSchema>;

export const regionNameSchema = z.strictObject({ name: slugSchema });
export const switchRegionSchema = z.strictObject({ name: slugSchema, on: z.boolean() });

/** A finding as people read it: the texts are sentences. */
export const findingSchema = z.strictObject({
  step: z.enum(CHECK_STEPS),
  outcome: z.enum(["passed", "warning", "failed"]),
  text: z.string(),
  remedy: z.string().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** Why a change of a region is refused: its check failed, or the rules. The sentences say more. */
export const REGION_REFUSALS = ["check-failed", "region-refused"] as const;

/** How a check, or a change with a check, ended. */
export const checkOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), message: z.string(), findings: z.array(findingSchema) }),
  z.strictObject({
    ok: z.literal(false),
    reason: z.enum(REGION_REFUSALS),
    message: z.string(),
    findings: z.array(findingSchema),
  }),
]);
export type CheckOutput = z.infer<typeof checkOutputSchema>;

/** What is sent while a check runs: each finding, and at last how it ended. */
export type CheckLine = { finding: Finding } | { end: CheckOutput };

export const switchOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), message: z.string() }),
  z.strictObject({ ok: z.literal(false), reason: z.enum(REGION_REFUSALS), message: z.string() }),
]);
export type SwitchOutput = z.infer<typeof switchOutputSchema>;

/** Told each finding of a check as it comes. */
export type Report = (finding: StepFinding) => void;

/** A region that has passed its check. */
export interface CheckedRegion extends RegionInput {
  calibration?: Calibration;
  /** Whether clients must leave the checksums of uploads out; null where it could not be tried. */
  plainUploads?: boolean | null;
  /** Whether it was there already and its keys were found again; false where it had none to look for. */
  hasFoundKeys?: boolean;
  /** Sentences for an admin. */
  warnings?: readonly string[];
}

/** A region as those who run the installation see it. Times are ISO 8601. */
export interface RegionRow {
  id: string;
  name: string;
  provider: string;
  endpoint: string;
  signingRegion: string;
  checkedAt: string | null;
  /** Why the last check failed. */
  checkError: string | null;
  /** Since when every check has failed. */
  failingSince: string | null;
  disabledAt: string | null;
  /** Why a rotation of its credentials could not be finished so far; null when nothing failed. */
  rotationError: string | null;
  /** What people call its kind of storage system. */
  title: string;
  /** Whether each start of the portal writes its addresses and its token anew. */
  writtenAtStart: boolean;
  /** Whether the regions file has declared it: then only the file changes it. */
  declared: boolean;
  /** What works and needs an admin's attention: sentences. */
  warnings: string[];
  /** Changes that are decided and not carried out: keys to be removed and operations to be undone; null for none. */
  waiting: { changes: number; since: string } | null;
  /** How many current keys the storage system does not know. */
  missingKeys: number;
}

/** What an administrator sees of one region, and may change. */
export interface RegionDetail extends RegionRow {
  gateways: string[];
  settings: Record<string, string>;
  /** The credentials that are not secret. */
  openCredentials: Record<string, string>;
  /** Why the portal cannot replace its own credentials there; null: it can. */
  noRotation: string | null;
  /** The names of the credentials that the portal has, the secret ones too. Empty where no master key opens them. */
  givenCredentials: string[];
  /** A rotation that is not finished: the worker goes on with it. Null: there is none. */
  rotation: OpenRotation | null;
}

/** A rotation that is not finished, without any secret. */
export interface OpenRotation {
  /**
   * `making`: the present credentials count, and others may have been made. `ending`: the new ones are saved, and the
   * former ones are not proved refused. Null where no master key opens it.
   */
  phase: "making" | "ending" | null;
  /** ISO 8601. */
  since: string | null;
  /** What is no secret of the others, or of the former ones. */
  credentials: Record<string, string>;
  /** Why the last try failed; null before the first. */
  problem: string | null;
}
