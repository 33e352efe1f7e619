import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";

/** The word a person types before something is taken away. */
const CONFIRM_WORD = "confirm";

const confirmSchema = z.literal(CONFIRM_WORD, {
  error: `Type the word ${CONFIRM_WORD} in lower case, without spaces`,
});

/** The caller chooses it once for each change. Sent again, it asks for the same change and not for another one. */
const requestIdSchema = z.uuid();

const REASON_MAX = 500;

const reasonSchema = plainText
  .trim()
  .min(1, "Say why the access is taken away")
  .max(REASON_MAX, `Use at most ${REASON_MAX} characters`);

const DATE_FORM = {
  error: "Use a date such as 2027-03-31, or a date and time with its offset such as 2027-03-31T18:00:00Z",
};

/** ISO 8601: a date, which begins at 00:00 UTC, or a date and time with its offset. The year has four digits. */
export const expirationSchema = z.union(
  [z.iso.date(DATE_FORM), z.iso.datetime({ offset: true, ...DATE_FORM })],
  DATE_FORM,
);

/** For how long the old key may be kept beside the new one. Seconds: one hour, one day, one week. */
export const OVERLAPS_SECONDS = [3_600, 86_400, 604_800] as const;

const overlapSchema = z.literal(OVERLAPS_SECONDS, {
  error: "Keep the old keys for 3600, 86400 or 604800 seconds",
});

export const enableInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  expirationDate: expirationSchema.optional(),
});

export const regenerateInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  confirm: confirmSchema,
  expirationDate: expirationSchema.optional(),
  overlapSeconds: overlapSchema.optional(),
});

export const retireInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
});

export const keepLongerInputSchema = retireInputSchema.extend({ overlapSeconds: overlapSchema });

export const disableInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  confirm: confirmSchema,
  reason: reasonSchema.optional(),
});

export const deactivateInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  reason: reasonSchema.optional(),
});

export const activateInputSchema = enableInputSchema.omit({ expirationDate: true });

/** `null`: the key never expires. */
export const setExpirationInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  expirationDate: expirationSchema.nullable(),
});

/**
 * A change of the current key by a program. A field that is left out stays. One thing at a time: each change is one
 * operation with one request id.
 */
export const updateInputSchema = deactivateInputSchema
  .omit({ project: true, region: true })
  .extend({ state: z.enum(["ACTIVE", "INACTIVE"]).optional(), expirationDate: expirationSchema.nullable().optional() })
  .refine(
    ({ state, expirationDate }) => (state === undefined) !== (expirationDate === undefined),
    "Give either state or expirationDate",
  );

/**
 * What a person typed into a date field of the browser: a date and time of the person's time zone without its offset.
 * Empty for none.
 */
const typedExpirationSchema = z
  .string()
  .transform((typed) => {
    if (typed === "") return undefined;
    const date = new Date(typed);
    return Number.isNaN(date.getTime()) ? typed : date.toISOString();
  })
  .pipe(expirationSchema.optional());

/** What a person chose for the old keys: an empty text replaces them now. */
const typedOverlapSchema = z
  .string()
  .transform((typed) => (typed === "" ? undefined : Number(typed)))
  .pipe(overlapSchema.optional());

/** What a person may type before access is enabled. */
export const enableFormSchema = z.strictObject({ expirationDate: typedExpirationSchema });

/** The part of the input that a person types before a regeneration. */
export const regenerateFormSchema = regenerateInputSchema
  .pick({ confirm: true })
  .extend({ expirationDate: typedExpirationSchema, overlapSeconds: typedOverlapSchema });

/** The date of a key, or the choice that it never expires. */
export const expirationFormSchema = z
  .strictObject({ never: z.boolean(), expirationDate: typedExpirationSchema })
  .refine(({ never, expirationDate }) => never || expirationDate !== undefined, {
    path: ["expirationDate"],
    error: "Choose a date, or Never",
  })
  .transform(({ never, expirationDate }) => ({ expirationDate: never ? null : (expirationDate ?? "") }))
  .pipe(setExpirationInputSchema.pick({ expirationDate: true }));

/** For how long an old key is kept. */
export const keepLongerFormSchema = z
  .strictObject({ overlapSeconds: z.string().transform(Number) })
  .pipe(z.strictObject({ overlapSeconds: overlapSchema }));

/** What a person who has to say why types before a key is switched off. */
export const deactivateFormSchema = deactivateInputSchema.pick({ reason: true }).required({ reason: true });

/** The part of the input that a person types before access is disabled. */
export const disableFormSchema = disableInputSchema.pick({ confirm: true, reason: true });

/** The same for a person who has to say why. */
export const disableWithReasonFormSchema = disableFormSchema.required({ reason: true });

export const acknowledgeInputSchema = z.strictObject({
  project: slugSchema,
  operationId: z.uuid(),
});

/** 40 characters of the base64 alphabet with a lower case letter among them. No access key looks like this. */
const SECRET_SHAPE = /^(?=.*[a-z])[A-Za-z0-9/+]{40}$/;

/** What is searched for stands in an address, and addresses are kept in logs: a pasted secret key is refused. */
const searchTextSchema = z
  .string()
  .trim()
  .max(128, "Use at most 128 characters")
  .refine(
    (text) => !SECRET_SHAPE.test(text),
    "This looks like a secret key, so it was not sent. Search for the access key instead, and treat this secret key as leaked.",
  );

/** The filter of the key table; an empty text asks for all. */
export const keyFilterFormSchema = z.strictObject({ search: searchTextSchema, region: z.string(), state: z.string() });

/** The search of support for one key. */
export const findKeyFormSchema = z.strictObject({
  "access-key": searchTextSchema.pipe(
    z
      .string()
      .min(1, "Type or paste the access key to look for")
      .regex(
        /^[A-Za-z0-9_-]{8,128}$/,
        "This is not an access key. Access keys are letters and digits, most often 20 of them.",
      ),
  ),
});

/** Why a change was refused or failed; the sentences stand in `rules.ts`. */
export const REFUSALS = [
  "already-enabled",
  "not-enabled",
  "busy",
  "region-disabled",
  "suspended",
  "reason-required",
  "date-too-early",
  "date-passed",
  "cannot-switch",
  "cannot-overlap",
  "not-retiring",
  "not-active",
  "not-inactive",
  "change-unsettled",
  "request-reused",
  "superseded",
  "storage-refused",
  "storage-failed",
  "storage-unsettled",
  "storage-unreachable",
  "undelivered",
  "unconfirmed",
] as const;

const refusedSchema = z.strictObject({
  ok: z.literal(false),
  reason: z.enum(REFUSALS),
  /** The sentence to show: what happened, whether anything changed, what works now. */
  message: z.string(),
});

/** The one reply that carries a secret. */
export const issueOutputSchema = z.union([
  z.strictObject({
    ok: z.literal(true),
    outcome: z.literal("issued"),
    operationId: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    endpoint: z.string(),
    region: z.string(),
    signingRegion: z.string(),
  }),
  z.strictObject({ ok: z.literal(true), outcome: z.literal("already-done"), message: z.string() }),
  refusedSchema,
]);

export const acknowledgeOutputSchema = z.union([z.strictObject({ ok: z.literal(true) }), refusedSchema]);

export const disableOutputSchema = z.union([
  z.strictObject({
    ok: z.literal(true),
    outcome: z.enum(["revoking", "already-done"]),
    message: z.string(),
    /** The keys that this call ends. */
    accessKeyIds: z.array(z.string()),
  }),
  refusedSchema,
]);

/** The answer to a change of an existing key. */
export const adjustOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), outcome: z.enum(["done", "already-done"]), message: z.string() }),
  refusedSchema,
]);

/** What a card shows; derived, see `deriveCardState`. */
export const CARD_STATES = [
  "NOT CONFIGURED",
  "ENABLING",
  "ACTIVE",
  "INACTIVE",
  "EXPIRED",
  "REVOKING",
  "DISABLED",
] as const;

const receiptLineSchema = z.strictObject({
  accessKeyId: z.string(),
  gateway: z.string(),
  /** When the end was decided: what people wait for counts from here. */
  decidedAt: z.iso.datetime(),
  removedAt: z.iso.datetime(),
  lastAcceptedAt: z.iso.datetime().nullable(),
  /** Null while the gateway has not refused yet. */
  firstRefusedAt: z.iso.datetime().nullable(),
  unmeasurable: z.string().nullable(),
  /** Whether it is only known that some gateway behind one address answered. */
  sampled: z.boolean(),
});

/** One card of Object Storage Credentials, as the polling route sends it. Times are ISO 8601 in UTC. */
export const cardSchema = z.strictObject({
  region: z.strictObject({
    name: z.string(),
    endpoint: z.string(),
    signingRegion: z.string(),
    /** How long a removed key may still work here, in seconds, by the provider's capabilities; null when not known. */
    revocationBoundSeconds: z.number().nullable(),
    /** Whether a single key can be switched off and on. Where not, a key is removed at its date. */
    switches: z.boolean(),
    /** Whether the old key can be kept for a while beside a new one. */
    overlaps: z.boolean(),
    /** Whether disabling stops every key of the project at once, and enabling has to wait for it. */
    suspends: z.boolean(),
    disabled: z.boolean(),
  }),
  state: z.enum(CARD_STATES),
  /** The current key; null when there is none. */
  key: z
    .strictObject({
      accessKeyId: z.string(),
      createdAt: z.iso.datetime(),
      createdBy: z.string(),
      expiresAt: z.iso.datetime().nullable(),
      /** The seconds until then, negative when it has passed; null when the key never expires. */
      expiresInSeconds: z.number().nullable(),
      /** Since when the storage system does not know the key, although it is current; null while it does. */
      missingSince: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** The old key that works on until a time; null when there is none. */
  retiring: z.strictObject({ accessKeyId: z.string(), until: z.iso.datetime() }).nullable(),
  /** The change in progress; null when there is none. */
  change: z
    .strictObject({
      kind: z.enum(["ENABLE", "REGENERATE", "DEACTIVATE", "ACTIVATE", "SET_EXPIRATION"]),
      step: z.enum(["working", "awaiting-acknowledgement", "undoing"]),
      by: z.string(),
      since: z.iso.datetime(),
    })
    .nullable(),
  /** A sentence about the last change when it did not end well; null otherwise. */
  notice: z.string().nullable(),
  /** Whether the storage system has proved the removal of every key whose end is decided. */
  removed: z.boolean(),
  /** From when on CLI access can be enabled again; null when nothing is in the way. */
  enableFrom: z.iso.datetime().nullable(),
  /** Of the keys that are ending or ended last. */
  receipts: z.array(receiptLineSchema),
});

export const cardsSchema = z.strictObject({ cards: z.array(cardSchema) });

export type Card = z.infer<typeof cardSchema>;
export type CardState = (typeof CARD_STATES)[number];
export type Refusal = (typeof REFUSALS)[number];
export type AdjustOutput = z.infer<typeof adjustOutputSchema>;

export type IssueOutput = z.infer<typeof issueOutputSchema>;
export type IssuedOutput = Extract<IssueOutput, { outcome: "issued" }>;
export type ReceiptLine = z.infer<typeof receiptLineSchema>;
export type ConfirmWord = z.infer<typeof confirmSchema>;
export type EnableFormInput = z.input<typeof enableFormSchema>;
export type EnableForm = z.infer<typeof enableFormSchema>;
export type RegenerateFormInput = z.input<typeof regenerateFormSchema>;
export type RegenerateForm = z.infer<typeof regenerateFormSchema>;
export type ExpirationFormInput = z.input<typeof expirationFormSchema>;
export type ExpirationForm = z.infer<typeof expirationFormSchema>;
export type KeepLongerFormInput = z.input<typeof keepLongerFormSchema>;
export type KeepLongerForm = z.infer<typeof keepLongerFormSchema>;
export type DeactivateForm = z.infer<typeof deactivateFormSchema>;
export type DisableForm = z.infer<typeof disableFormSchema>;
export type KeyFilterForm = z.infer<typeof keyFilterFormSchema>;
export type FindKeyForm = z.infer<typeof findKeyFormSchema>;
