import { z } from "zod";
import { parseJson } from "@/lib/platform/text/parse-json";

/** The answers of Keystone, reduced to what the driver uses. Other forms are refused. */
export const loginReplySchema = z.object({
  token: z.object({
    issued_at: z.coerce.date(),
    expires_at: z.coerce.date(),
    user: z.object({ id: z.string().min(1) }),
  }),
});

/** A user, a project or a role. */
export const namedSchema = z.object({ id: z.string().min(1), name: z.string(), domain_id: z.string().nullish() });

export type Named = z.infer<typeof namedSchema>;

/** One page of a collection. */
export const pageSchema = z.object({
  links: z.object({ next: z.string().nullish() }).optional(),
  /** True when Keystone cut the list off at its `list_limit`. */
  truncated: z.boolean().optional(),
});

export const catalogueReplySchema = z.object({
  catalog: z.array(z.object({ type: z.string(), endpoints: z.array(z.object({ url: z.string() })) })),
});

export const errorReplySchema = z.object({ error: z.object({ message: z.string() }) });

const blob = z.string().transform(parseJson);

const owned = {
  id: z.string().min(1),
  type: z.string(),
  user_id: z.string().nullish(),
  project_id: z.string().nullish(),
};

/** A credential in a list, without its secret, which every such answer holds. */
export const credentialSchema = z.object({
  ...owned,
  blob: blob.pipe(z.object({ access: z.string() }).optional().catch(undefined)),
});

export type Credential = z.infer<typeof credentialSchema>;

/** A credential with its secret. */
export const credentialWithSecretSchema = z.object({
  ...owned,
  blob: blob.pipe(z.object({ access: z.string(), secret: z.string() }).optional().catch(undefined)),
});
