import { z } from "zod";
import { parseJson } from "@/lib/platform/text/parse-json";

/** What Keystone answers, cut to what the driver uses; anything else is not believed. */
export const loginReplySchema = z.object({
  token: z.object({ issued_at: z.coerce.date(), expires_at: z.coerce.date() }),
});

/** A user, a project or a role. */
export const namedSchema = z.object({ id: z.string().min(1), name: z.string(), domain_id: z.string().nullish() });

export type Named = z.infer<typeof namedSchema>;

/** Of a collection, one page. */
export const pageSchema = z.object({
  links: z.object({ next: z.string().nullish() }).optional(),
  /** Set where Keystone's `list_limit` has cut the list off. */
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

/** A credential in a list. Every such answer holds secrets: this drops them. */
export const credentialSchema = z.object({
  ...owned,
  blob: blob.pipe(z.object({ access: z.string() }).optional().catch(undefined)),
});

export type Credential = z.infer<typeof credentialSchema>;

/** One credential with its secret. */
export const credentialWithSecretSchema = z.object({
  ...owned,
  blob: blob.pipe(z.object({ access: z.string(), secret: z.string() }).optional().catch(undefined)),
});
