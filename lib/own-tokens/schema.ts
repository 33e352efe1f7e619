import { z } from "zod";
import { type TokenScope, tokenNameSchema, tokenScopeSchema } from "@/lib/api-tokens/schema";
import { slugSchema } from "@/lib/platform/text/slug";

/** For how long a token is valid: 30 days, 90 days, or until a date. */
export const EXPIRES_IN = ["30", "90", "date"] as const;

export const createTokenInputSchema = z
  .strictObject({
    name: tokenNameSchema,
    /** Null: every project that the person's platform role reaches. */
    project: slugSchema.nullable(),
    scope: tokenScopeSchema,
    expiresIn: z.enum(EXPIRES_IN),
    /** Only with `date`. */
    expirationDate: z.iso.datetime({ offset: true, error: "Choose a date and a time" }).optional(),
  })
  .refine(({ expiresIn, expirationDate }) => (expiresIn === "date") === (expirationDate !== undefined), {
    path: ["expirationDate"],
    error: "Choose a date and a time",
  });

/** Why no token was made; the sentences stand in `rules.ts`. */
export const TOKEN_REFUSALS = ["date-passed", "date-too-far", "scope-too-wide", "too-many"] as const;
export type TokenRefusal = (typeof TOKEN_REFUSALS)[number];

const createdSchema = z.strictObject({
  ok: z.literal(true),
  /** The token itself. It is in this reply and nowhere else. */
  token: z.string(),
  project: z.string().nullable(),
});

export const createTokenOutputSchema = z.union([
  createdSchema,
  z.strictObject({ ok: z.literal(false), reason: z.enum(TOKEN_REFUSALS), message: z.string() }),
]);

export const revokeTokenInputSchema = z.strictObject({ id: z.uuid() });
export const revokeTokenOutputSchema = z.strictObject({ ok: z.literal(true) });

/** A line of the table of a person's own tokens. Times are in ISO 8601. */
export interface TokenRow {
  id: string;
  name: string;
  /** Null: the token works in every project of the person. */
  project: { slug: string; name: string } | null;
  scope: TokenScope;
  expiresAt: string;
  lastUsedAt: string | null;
  state: "active" | "expired" | "revoked";
}

/** Where a person may have a token, and the scopes that their role allows there. */
export interface TokenPlace {
  /** The slug; null for every project. */
  project: string | null;
  name: string;
  scopes: TokenScope[];
}

export type CreateTokenInput = z.infer<typeof createTokenInputSchema>;
export type CreatedToken = z.infer<typeof createdSchema>;
