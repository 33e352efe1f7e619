import { z } from "zod";

export const accountId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
export const accessKeyId = z.string().regex(/^[A-Z0-9]{16,32}$/);

const notAfter = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const putAccountBody = z.strictObject({ displayName: z.string().min(1).max(256) });

export const putKeyBody = z.strictObject({
  secretAccessKey: z.string().regex(/^[A-Za-z0-9]{40}$/),
  tag: z.string().min(1).max(256).optional(),
  notAfter: notAfter.optional(),
  access: z.enum(["full", "read-only"]).default("full"),
});

export const patchKeyBody = z
  .strictObject({ state: z.enum(["active", "inactive"]).optional(), notAfter: notAfter.nullable().optional() })
  .refine((body) => body.state !== undefined || body.notAfter !== undefined, "nothing to change");

export const listQuery = z.strictObject({
  cursor: z.string().max(128).default(""),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
