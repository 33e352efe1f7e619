import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";

/** The word a person types before something is taken away. */
export const CONFIRM_WORD = "confirm";

const confirmSchema = z.literal(CONFIRM_WORD, { error: `Type ${CONFIRM_WORD} to continue` });

/** Chosen by the caller once per intention: sent again, it is the same change and not another. */
const requestIdSchema = z.uuid();

export const REASON_MAX = 500;

export const enableInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
});

export const regenerateInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  confirm: confirmSchema,
});

export const disableInputSchema = z.strictObject({
  project: slugSchema,
  region: slugSchema,
  requestId: requestIdSchema,
  confirm: confirmSchema,
  reason: plainText.trim().min(1, "Say why").max(REASON_MAX).optional(),
});

export const acknowledgeInputSchema = z.strictObject({
  project: slugSchema,
  operationId: z.uuid(),
});

/** Why a change was refused or failed; the sentences stand in `rules.ts`. */
export const REFUSALS = [
  "already-enabled",
  "not-enabled",
  "busy",
  "region-disabled",
  "suspended",
  "reason-required",
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
    })
    .nullable(),
  /** The change in progress; null when there is none. */
  change: z
    .strictObject({
      kind: z.enum(["ENABLE", "REGENERATE"]),
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
export type IssueOutput = z.infer<typeof issueOutputSchema>;
export type IssuedOutput = Extract<IssueOutput, { outcome: "issued" }>;
export type ReceiptLine = z.infer<typeof receiptLineSchema>;
