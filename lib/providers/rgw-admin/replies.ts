import { z } from "zod";

/**
 * What the Admin Ops API answers, cut to what the driver uses; anything else is not believed. Every reply with keys
 * holds their secrets: all schemas but those of pairs drop them.
 */
const keySchema = z.object({
  access_key: z.string(),
  /** From Squid on. */
  active: z.boolean().optional(),
  create_date: z.string().optional(),
});

export const userReplySchema = z.object({
  user_id: z.string(),
  keys: z.array(keySchema),
  caps: z.array(z.object({ type: z.string(), perm: z.string() })),
});

const keyWithSecretSchema = z.object({ access_key: z.string(), secret_key: z.string().min(1) });

export const newKeyReplySchema = z.array(keyWithSecretSchema);

/** For whoever needs the secret itself. */
export const userWithSecretsReplySchema = z.object({ keys: z.array(keyWithSecretSchema) });

export const usersReplySchema = z.object({
  keys: z.array(z.string()),
  truncated: z.boolean(),
  marker: z.string().optional(),
});

const count = z.number().nonnegative();

export const statsReplySchema = z.object({ stats: z.object({ size: count, num_objects: count }) });

export const bucketNamesReplySchema = z.array(z.string());

export const bucketsReplySchema = z.array(
  z.object({
    bucket: z.string(),
    creation_time: z.coerce.date(),
    /** By category; a bucket that never held an object has none. */
    usage: z.record(z.string(), z.object({ size: count.optional(), num_objects: count })),
  }),
);

/** -1 means no limit, and a quota that is not enabled says nothing. */
export const quotaReplySchema = z.object({
  user_quota: z.object({ enabled: z.boolean(), max_size: z.number(), max_objects: z.number() }),
});

export const errorReplySchema = z.object({ Code: z.string() });
