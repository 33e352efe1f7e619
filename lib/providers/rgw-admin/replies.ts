import { z } from "zod";

/**
 * The answers of the Admin Ops API, reduced to what the drivers use. Other forms are refused. Every answer with keys
 * holds their secrets: only the schemas with "secret" in their names keep them.
 */
const keySchema = z.object({
  /** The owner: the uid, or `uid:subuser`. */
  user: z.string(),
  access_key: z.string(),
  /** Since Ceph Squid. */
  active: z.boolean().optional(),
  create_date: z.string().optional(),
});

const subusersSchema = z.array(z.object({ id: z.string(), permissions: z.string() }));

export const userReplySchema = z.object({
  user_id: z.string(),
  keys: z.array(keySchema),
  subusers: subusersSchema,
  caps: z.array(z.object({ type: z.string(), perm: z.string() })),
});

const keyWithSecretSchema = z.object({ user: z.string(), access_key: z.string(), secret_key: z.string().min(1) });

export const newKeysWithSecretsReplySchema = z.array(keyWithSecretSchema);

/** A user with the secrets of the keys. */
export const userWithSecretsReplySchema = z.object({ keys: z.array(keyWithSecretSchema), subusers: subusersSchema });

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
    /** By category; empty for a bucket that never held an object. */
    usage: z.record(z.string(), z.object({ size: count.optional(), num_objects: count })),
  }),
);

/** A maximum of -1 means no limit; the maxima of a quota that is not enabled do not count. */
export const quotaReplySchema = z.object({
  user_quota: z.object({ enabled: z.boolean(), max_size: z.number(), max_objects: z.number() }),
});

export const errorReplySchema = z.object({ Code: z.string() });
