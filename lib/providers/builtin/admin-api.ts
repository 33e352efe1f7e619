import { z } from "zod";

/** The answers of the built-in server's admin API, reduced to what the driver uses. Other forms are refused. */
export const regionReplySchema = z.object({
  name: z.string(),
  signingRegion: z.string(),
  time: z.iso.datetime(),
  /** The folder of the region's store, for a person who looks for it. Older servers do not tell it, nor the store. */
  folder: z.string().optional(),
  /** The id of the store. */
  store: z.string().optional(),
  /** Why the region has no store. */
  lost: z.string().optional(),
});

export const accountsReplySchema = z.object({
  accounts: z.array(z.object({ id: z.string() })),
  next: z.string().nullish(),
});

export const keysReplySchema = z.object({
  keys: z.array(
    z.object({
      accessKeyId: z.string(),
      state: z.enum(["active", "inactive"]),
      /** Older servers have no read-only keys, and do not tell it. */
      access: z.enum(["full", "read-only"]).default("full"),
      tag: z.string().nullish(),
      createdAt: z.iso.datetime(),
      lastUsed: z.object({ at: z.iso.datetime() }).nullish(),
    }),
  ),
});

export const usageReplySchema = z.object({
  buckets: z.int().nonnegative(),
  objects: z.int().nonnegative(),
  bytes: z.number().nonnegative(),
  asOf: z.iso.datetime(),
});

export const bucketsReplySchema = z.object({
  buckets: z.array(
    z.object({
      name: z.string(),
      createdAt: z.iso.datetime(),
      objects: z.int().nonnegative(),
      bytes: z.number().nonnegative(),
    }),
  ),
});

export const errorReplySchema = z.object({ error: z.object({ code: z.string() }) });
