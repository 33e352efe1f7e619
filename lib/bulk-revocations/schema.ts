import { z } from "zod";
import { confirmSchema, reasonSchema, requestIdSchema } from "@/lib/access-keys/schema";
import { slugSchema } from "@/lib/platform/text/slug";
import { emailSchema } from "@/lib/users/schema";

/** The most characters of a text in which access keys are looked for. */
export const TEXT_MAX = 1_000_000;
/** The most keys of one bulk revocation. */
export const KEYS_MAX = 10_000;

/** How the keys are chosen. Exactly one of these is given. */
export const choiceFields = {
  project: slugSchema.optional(),
  /** The e-mail address of a person: the keys made by this person or for them. */
  user: emailSchema.optional(),
  region: slugSchema.optional(),
  /** Any text. The access key ids in it that are ours are found; the text itself is kept nowhere. */
  text: z.string().max(TEXT_MAX, "Use at most 1,000,000 characters").optional(),
};
const choiceSchema = z.strictObject(choiceFields);
export type Choice = z.infer<typeof choiceSchema>;

export const CHOICES = ["project", "user", "region", "text"] as const;
export type ChosenBy = (typeof CHOICES)[number];

/** Whether exactly one way to choose is given. */
export const hasOneChoice = (given: Choice): boolean => CHOICES.filter((by) => given[by] !== undefined).length === 1;
export const ONE_CHOICE = { error: "Give one of project, user, region and text" };

/** Which keys a person has seen in a preview. */
export const seenSchema = z.strictObject({
  /** The time of the preview. */
  asOf: z.iso.datetime().regex(/^[1-9]/),
  /** SHA-256 of the ids of its keys. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Seen = z.infer<typeof seenSchema>;

export const previewInputSchema = choiceSchema.refine(hasOneChoice, ONE_CHOICE);

export const startFields = {
  ...choiceFields,
  reason: reasonSchema,
  confirm: confirmSchema,
  requestId: requestIdSchema,
  /** Of the preview. Without it the keys are those of this moment. */
  seen: seenSchema.optional(),
};
export const startInputSchema = z.strictObject(startFields).refine(hasOneChoice, ONE_CHOICE);

export const retryInputSchema = z.strictObject({ id: z.uuid() });

/** Why a bulk revocation was not started or tried again; the sentences stand in `rules.ts`. */
export const BULK_REFUSALS = [
  "no-such-project",
  "no-such-user",
  "no-such-region",
  "no-keys",
  "too-many-keys",
  "preview-outdated",
  "request-reused",
  "nothing-failed",
] as const;
export type BulkRefusal = (typeof BULK_REFUSALS)[number];

const refusalSchema = z.strictObject({ ok: z.literal(false), reason: z.enum(BULK_REFUSALS), message: z.string() });
export type BulkRefused = z.infer<typeof refusalSchema>;

/** What a bulk revocation would end. */
export const previewSchema = z.strictObject({
  /** Live keys: these would be ended. */
  keys: z.int(),
  regions: z.array(
    z.strictObject({
      region: z.string(),
      keys: z.int(),
      /** How long a removed key may still work there; null where that is not known. */
      revocationBoundSeconds: z.number().nullable(),
    }),
  ),
  /** The projects with the most keys. */
  projects: z.array(z.strictObject({ project: z.string(), name: z.string(), keys: z.int() })),
  projectCount: z.int(),
  /** Keys of the text that have ended before. */
  alreadyEnded: z.int(),
  alreadyEndedIds: z.array(z.string()),
  /** Keys of the text that are being removed already: they may still work somewhere. */
  beingRemoved: z.int(),
  beingRemovedIds: z.array(z.string()),
  /** Access key ids of the text that are of our form, and that no key has. */
  unknown: z.int(),
  unknownIds: z.array(z.string()),
  /** Texts that look like access key ids of this installation, and are mistyped. */
  mistyped: z.int(),
  mistypedIds: z.array(z.string()),
  /** Texts that look like access key ids of another installation. */
  foreign: z.int(),
  foreignIds: z.array(z.string()),
  seen: seenSchema,
});
export type Preview = z.infer<typeof previewSchema>;

export const previewOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), preview: previewSchema }),
  refusalSchema,
]);
export type PreviewOutput = z.infer<typeof previewOutputSchema>;

/** `already-done`: this request id has started it before. */
export const startOutputSchema = z.union([
  z.strictObject({
    ok: z.literal(true),
    outcome: z.enum(["started", "already-done"]),
    id: z.uuid(),
    keys: z.int(),
    /** Keys of the preview that have ended since. They are listed as ended already. */
    endedSince: z.int(),
    /** Live keys that were made since the preview. They are not included. */
    madeSince: z.int(),
    message: z.string(),
  }),
  refusalSchema,
]);
export type StartOutput = z.infer<typeof startOutputSchema>;

export const retryOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), keys: z.int(), message: z.string() }),
  refusalSchema,
]);
export type RetryOutput = z.infer<typeof retryOutputSchema>;

/** What became of a key. `running`: its end is being decided, or it is being removed. */
export const BULK_RESULTS = ["waiting", "running", "revoked", "already-ended", "failed"] as const;
export type BulkResult = (typeof BULK_RESULTS)[number];
export const resultSchema = z.enum(BULK_RESULTS);

export const countsSchema = z.strictObject({
  waiting: z.int(),
  running: z.int(),
  revoked: z.int(),
  "already-ended": z.int(),
  failed: z.int(),
});

/** A bulk revocation, and how far it has come. */
export const bulkRevocationSchema = z.strictObject({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  startedBy: z.string(),
  reason: z.string(),
  chosenBy: z.enum(CHOICES),
  /** The slug, e-mail address or region name; null for a text. */
  chosen: z.string().nullable(),
  unknown: z.int(),
  /** Null while keys wait or are being removed. */
  finishedAt: z.iso.datetime().nullable(),
  keys: z.int(),
  counts: countsSchema,
});
export type BulkRevocationLine = z.infer<typeof bulkRevocationSchema>;

export const bulkKeySchema = z.strictObject({
  accessKeyId: z.string(),
  project: z.string(),
  region: z.string(),
  result: resultSchema,
  /** The state of the key itself. */
  state: z.string(),
  /** Why it failed; null otherwise. */
  failure: z.string().nullable(),
});
export type BulkKeyLine = z.infer<typeof bulkKeySchema>;

export const bulkKeysSchema = z.strictObject({ rows: z.array(bulkKeySchema), next: z.string().nullable() });

/** What the page of a bulk revocation polls. */
export const bulkProgressSchema = z.strictObject({ revocation: bulkRevocationSchema, page: bulkKeysSchema });
export type BulkProgress = z.infer<typeof bulkProgressSchema>;

export const EXPORT_FORMATS = ["ndjson", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
