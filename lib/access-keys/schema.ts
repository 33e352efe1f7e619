import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";

/** The word a person types before something is taken away. */
const CONFIRM_WORD = "confirm";

export const confirmSchema = z.literal(CONFIRM_WORD, {
  error: `Type the word ${CONFIRM_WORD} in lower case, without spaces`,
});

/** The caller chooses it once for each change. Sent again, it asks for the same change and not for another one. */
export const requestIdSchema = z.uuid();

const REASON_MAX = 500;

export const reasonSchema = plainText
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

export const overlapSchema = z.literal(OVERLAPS_SECONDS, {
  error: "Keep the old keys for 3600, 86400 or 604800 seconds",
});

const NAME_MAX = 60;
/** The slot of the key that a card shows. */
const TAKEN_NAME = "default";

/**
 * The name of a named key: letters of any script, digits, signs and single spaces. No control characters, and none that
 * turn the direction of the text around it.
 */
export const keyNameSchema = z
  .string()
  .trim()
  .normalize()
  // Only asks for the colours of an emoji.
  .overwrite((name) => name.replaceAll("\uFE0F", ""))
  .min(1, "Give the key a name")
  .max(NAME_MAX, `Use at most ${NAME_MAX} characters`)
  .regex(
    /^(?!.*[\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u,
    "Use letters, digits, spaces and signs, and no invisible characters",
  )
  .regex(/^(?!.* {2})/, "Use single spaces")
  .refine((name) => name.toLowerCase() !== TAKEN_NAME, "This name is taken by the key of the card");

/** What a key may do. */
export const ACCESS_LEVELS = ["full", "read-only"] as const;
export type AccessLevelName = (typeof ACCESS_LEVELS)[number];

/** A change of one key: of the default one, or with a name of the named key. */
const changeSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  name: keyNameSchema.optional(),
  requestId: requestIdSchema,
});

export const enableFieldsSchema = changeSchema.extend({
  access: z.enum(ACCESS_LEVELS).optional(),
  expirationDate: expirationSchema.optional(),
});
/** Only a named key can have another access level than `full`. */
export const hasNameForAccess = ({ name, access }: { name?: string | undefined; access?: string | undefined }) =>
  name !== undefined || access === undefined;
export const NAME_FOR_ACCESS = {
  path: ["access"],
  error: "Give the key a name too: the key without a name has full access",
};

export const enableInputSchema = enableFieldsSchema.refine(hasNameForAccess, NAME_FOR_ACCESS);

export const regenerateInputSchema = changeSchema.extend({
  confirm: confirmSchema,
  expirationDate: expirationSchema.optional(),
  overlapSeconds: overlapSchema.optional(),
});

export const retireInputSchema = changeSchema;

export const keepLongerInputSchema = changeSchema.extend({ overlapSeconds: overlapSchema });

/** The key that the caller means: the change is refused when another one is the current key by then. */
const meantKeySchema = z.string().regex(/^[A-Za-z0-9]{1,128}$/, "This is not an access key id");

/** What whoever takes access away may say. */
const takeAwaySchema = changeSchema.extend({ accessKeyId: meantKeySchema.optional(), reason: reasonSchema.optional() });

export const disableInputSchema = takeAwaySchema.extend({ confirm: confirmSchema });

export const deactivateInputSchema = takeAwaySchema;

export const activateInputSchema = changeSchema;

/** `null`: the key never expires. */
export const setExpirationInputSchema = changeSchema.extend({ expirationDate: expirationSchema.nullable() });

export const acknowledgeInputSchema = z.strictObject({
  project: slugSchema,
  operationId: z.uuid(),
});

/** Why a change was refused or failed; the sentences stand in `rules.ts`. */
export const REFUSALS = [
  "already-enabled",
  "not-enabled",
  "not-current",
  "busy",
  "region-disabled",
  "region-closed",
  "suspended",
  "reason-required",
  "date-too-early",
  "date-passed",
  "cannot-switch",
  "cannot-overlap",
  "cannot-read-only",
  "name-taken",
  "too-many-names",
  "no-names",
  "not-for-others",
  "no-such-member",
  "not-retiring",
  "old-key-kept",
  "old-key-expired",
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

/** What a change would do, as a dry run tells it. */
export const wouldBeSchema = z.strictObject({
  outcome: z.enum(["issued", "done", "revoking", "already-done"]),
  /** The existing keys that the change is about. */
  accessKeyIds: z.array(z.string()),
  /** The state of these keys after it, or of the new key; null when nothing is left to do. */
  state: z.string().nullable(),
});

export type DryRunOutput = { ok: true; wouldBe: z.infer<typeof wouldBeSchema> } | z.infer<typeof refusedSchema>;

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

export const receiptLineSchema = z.strictObject({
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

/** When a key was last used, in ISO 8601 in UTC. */
const lastUseFields = {
  /** Null while it was never used, and where the storage system does not tell. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** When the storage system was last asked; null before the first time, and where it does not tell. */
  lastUsedAsOf: z.iso.datetime().nullable(),
};

/** A key that a card shows, with what is happening to it. Times are ISO 8601 in UTC. */
const slotSchema = z.strictObject({
  /** Null for the default key. */
  name: z.string().nullable(),
  access: z.enum(ACCESS_LEVELS),
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
      /** Whether the key is removed then, also where it could be switched off. */
      removeAtExpiration: z.boolean(),
      /** Since when the storage system does not know the key, although it is current; null while it does. */
      missingSince: z.iso.datetime().nullable(),
      ...lastUseFields,
    })
    .nullable(),
  /** The old key that works on until a time; null when there is none. */
  retiring: z
    .strictObject({
      accessKeyId: z.string(),
      /** When its successor took its place. */
      since: z.iso.datetime(),
      until: z.iso.datetime(),
      ...lastUseFields,
    })
    .nullable(),
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
  /** How many other keys of the project are meant to work in the region. */
  others: z.int(),
  /** Of the keys that are ending or ended last. */
  receipts: z.array(receiptLineSchema),
});

/** One card of Object Storage Credentials, as the polling route sends it: its default key, and its named keys. */
export const cardSchema = slotSchema.extend({
  region: z.strictObject({
    name: z.string(),
    endpoint: z.string(),
    signingRegion: z.string(),
    /** How long a removed key may still work here, in seconds, by the provider's capabilities; null when not known. */
    revocationBoundSeconds: z.number().nullable(),
    /**
     * How long keys usually worked on here after their end was decided, by the last receipts, in seconds; null where
     * there are too few. `replaced`: another key took their place. `ended`: the access was ended.
     */
    usualRevocationSeconds: z.strictObject({ replaced: z.number().nullable(), ended: z.number().nullable() }),
    /** Whether a single key can be switched off and on. Where not, a key is removed at its date. */
    switches: z.boolean(),
    /** Whether the old key can be kept for a while beside a new one. */
    overlaps: z.boolean(),
    /** Whether disabling the last working key stops every key of the project, and enabling has to wait for it. */
    suspends: z.boolean(),
    /** Whether the storage system tells when a key was last used. */
    tellsLastUse: z.boolean(),
    /** How a read-only key is enforced: for every write, for writes of objects, or not at all. */
    readOnly: z.enum(["all", "objects", "none"]),
    /** Whether clients must leave the checksums out that SDKs send with uploads since 2025. */
    plainUploads: z.boolean(),
    /** Whether the project cannot use the region: it is switched off, or closed for the project. */
    disabled: z.boolean(),
  }),
  /** From when on CLI access can be enabled again; null when nothing is in the way. */
  enableFrom: z.iso.datetime().nullable(),
  /** By name. Those that are not ended, and those that ended a moment ago. */
  named: z.array(slotSchema),
  /** How many named keys may be added. */
  namesLeft: z.int(),
});

export const cardsSchema = z.strictObject({ cards: z.array(cardSchema) });

/** A line of the key table. Times are ISO 8601 in UTC. */
const keyRowSchema = z.strictObject({
  id: z.uuid(),
  accessKeyId: z.string(),
  /** Null for the default key of a card. */
  name: z.string().nullable(),
  access: z.enum(ACCESS_LEVELS),
  region: z.string(),
  state: z.string(),
  /** Whether the storage system of the region tells when a key was last used. */
  tellsLastUse: z.boolean(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** For whom the key was made, where that was said. */
  madeFor: z.string().nullable(),
  /** When a person last switched the key off or on, or changed its date; null when nobody did. */
  modifiedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  /** Whether the key is removed at its date, also where it could be switched off. */
  removeAtExpiration: z.boolean(),
  endedAt: z.iso.datetime().nullable(),
  endedBy: z.string().nullable(),
  endReason: z.string().nullable(),
  /** Since when the storage system does not know the key, although it is current. */
  missingSince: z.iso.datetime().nullable(),
  ...lastUseFields,
  receipts: z.array(receiptLineSchema),
});

export const historyLineSchema = z.strictObject({ at: z.iso.datetime(), sentence: z.string() });

/** A page of the key table, as the polling route sends it, with the history of the key that is open. */
export const keyTableSchema = z.strictObject({
  rows: z.array(keyRowSchema),
  next: z.string().nullable(),
  opened: z.strictObject({ id: z.uuid(), history: z.array(historyLineSchema) }).nullable(),
});

export type KeyRow = z.infer<typeof keyRowSchema>;
export type HistoryLine = z.infer<typeof historyLineSchema>;
export type KeyTablePage = z.infer<typeof keyTableSchema>;
export type Card = z.infer<typeof cardSchema>;
/** The key of a card or a named key of it. */
export type CardSlot = z.infer<typeof slotSchema>;
export type LastUse = Pick<KeyRow, keyof typeof lastUseFields>;
export type CardState = (typeof CARD_STATES)[number];
export type Refusal = (typeof REFUSALS)[number];
export type AdjustOutput = z.infer<typeof adjustOutputSchema>;

export type IssueOutput = z.infer<typeof issueOutputSchema>;
export type IssuedOutput = Extract<IssueOutput, { outcome: "issued" }>;
export type ReceiptLine = z.infer<typeof receiptLineSchema>;
export type ConfirmWord = z.infer<typeof confirmSchema>;
