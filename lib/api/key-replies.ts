import { z } from "@hono/zod-openapi";
import { KEY_STATES } from "@/lib/access-keys/rules";
import { ACCESS_LEVELS, historyLineSchema, type KeyRow, receiptLineSchema } from "@/lib/access-keys/schema";

const date = z.iso.datetime();

const keyFields = {
  accessKeyId: z.string().openapi({ example: "LKEX0000000000000000" }),
  name: z.string().nullable().openapi({ description: "Null for the key of the card." }),
  access: z.enum(ACCESS_LEVELS),
  region: z.string().openapi({ example: "north" }),
  state: z.string().openapi({ enum: [...KEY_STATES], example: "ACTIVE" }),
  creationDate: date,
  createdBy: z.string(),
  madeFor: z
    .string()
    .nullable()
    .openapi({ description: "The name of the person for whom the key was made; null where nobody was named." }),
  expirationDate: date.nullable().openapi({ description: "When the key expires; null for never." }),
  removeAtExpiration: z
    .boolean()
    .openapi({ description: "Whether the key is removed at its date, also where it could be switched off." }),
  lastModificationDate: date.openapi({ description: "When the key was made, switched, given a date or ended, last." }),
  endDate: date.nullable().openapi({ description: "When the end of the key was decided." }),
  endedBy: z
    .string()
    .nullable()
    .openapi({ description: "Null while the key is not ended, and when the portal did it." }),
  endReason: z.string().nullable(),
  missingSince: date
    .nullable()
    .openapi({ description: "Since when the storage system does not know the current key." }),
  lastUsedAt: date.nullable(),
  lastUsedAsOf: date.nullable().openapi({ description: "When the storage system was last asked for the last use." }),
  receipts: z.array(receiptLineSchema.openapi("Receipt")),
};

const detailFields = {
  ...keyFields,
  history: z.array(historyLineSchema).openapi({ description: "What happened to the key, oldest first." }),
};

/** A key as the API tells it. There is no secret to tell. */
export const keySchema = z.strictObject(keyFields).openapi("Key");

/** A key with its history. */
export const keyDetailSchema = z.strictObject(detailFields).openapi("KeyDetail");

const ofProject = { project: z.strictObject({ project: z.string(), name: z.string() }) };

/** A key of a search of support, with the project it belongs to. */
export const foundKeySchema = z.strictObject({ ...keyFields, ...ofProject }).openapi("FoundKey");

/** A key that support found, with the project it belongs to. */
export const supportKeySchema = z
  .strictObject({
    ...detailFields,
    live: z.boolean().openapi({ description: "Whether the key can still be disabled." }),
    ...ofProject,
  })
  .openapi("SupportKey");

/** A line of the key table in the words of the API. */
export function composeKey(row: KeyRow): z.infer<typeof keySchema> {
  const { createdAt, modifiedAt, endedAt } = row;
  return {
    accessKeyId: row.accessKeyId,
    name: row.name,
    access: row.access,
    region: row.region,
    state: row.state,
    creationDate: createdAt,
    createdBy: row.createdBy,
    madeFor: row.madeFor,
    expirationDate: row.expiresAt,
    removeAtExpiration: row.removeAtExpiration,
    lastModificationDate: endedAt ?? modifiedAt ?? createdAt,
    endDate: endedAt,
    endedBy: row.endedBy,
    endReason: row.endReason,
    missingSince: row.missingSince,
    lastUsedAt: row.lastUsedAt,
    lastUsedAsOf: row.lastUsedAsOf,
    receipts: row.receipts,
  };
}
