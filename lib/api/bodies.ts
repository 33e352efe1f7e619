import { z } from "@hono/zod-openapi";
import {
  deactivateInputSchema,
  disableInputSchema,
  enableFieldsSchema,
  expirationSchema,
  hasNameForAccess,
  keepLongerInputSchema,
  NAME_FOR_ACCESS,
  regenerateInputSchema,
  retireInputSchema,
} from "@/lib/access-keys/schema";
import { emailSchema } from "@/lib/users/schema";

/** What stands in the path, and so not in the body. */
const PLACE = { project: true, region: true } as const;
/** The header Idempotency-Key may give the request id instead. */
const BY_HEADER = { requestId: true } as const;

/** What every change takes beside its own fields. */
const DRY_RUN = {
  dryRun: z.boolean().optional().openapi({ description: "true: every check is made, and nothing is changed." }),
};

/** For programs that make short-lived keys. A person in the portal gives a key a date that can be changed later. */
const REMOVE_AT_EXPIRATION = {
  removeAtExpiration: z
    .boolean()
    .optional()
    .openapi({ description: "true: the key is removed at its date, also where it could be switched off." }),
};
const hasDateForRemoval = (given: { removeAtExpiration?: boolean | undefined; expirationDate?: string | undefined }) =>
  !given.removeAtExpiration || given.expirationDate !== undefined;

export const enableBodySchema = enableFieldsSchema
  .omit(PLACE)
  .partial(BY_HEADER)
  .extend(DRY_RUN)
  .extend({
    userName: emailSchema.optional().openapi({
      type: "string",
      description: "The e-mail address of the member of the project for whom the key is made.",
    }),
  })
  .extend(REMOVE_AT_EXPIRATION)
  .refine(hasNameForAccess, NAME_FOR_ACCESS)
  .refine(hasDateForRemoval, { path: ["removeAtExpiration"], error: "Give an expirationDate too" });

export const regenerateBodySchema = regenerateInputSchema.omit(PLACE).partial(BY_HEADER).extend(DRY_RUN);

export const retireBodySchema = retireInputSchema.omit(PLACE).partial(BY_HEADER).extend(DRY_RUN);

export const keepLongerBodySchema = keepLongerInputSchema.omit(PLACE).partial(BY_HEADER).extend(DRY_RUN);

export const disableBodySchema = disableInputSchema.omit(PLACE).partial(BY_HEADER).extend(DRY_RUN);

/**
 * A change of the current key. A field that is left out stays. One thing at a time: each change is one operation with one
 * request id.
 */
export const updateBodySchema = deactivateInputSchema
  .omit(PLACE)
  .partial(BY_HEADER)
  .extend(DRY_RUN)
  .extend({ state: z.enum(["ACTIVE", "INACTIVE"]).optional(), expirationDate: expirationSchema.nullable().optional() })
  .refine(
    ({ state, expirationDate }) => (state === undefined) !== (expirationDate === undefined),
    "Give either state or expirationDate",
  );
