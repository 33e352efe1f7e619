import { z } from "zod";

/** What a token may do at most: read, change keys too, or all that its person may do. */
export const TOKEN_SCOPES = ["read", "write", "manage"] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export const tokenScopeSchema = z.enum(TOKEN_SCOPES, "The scope must be read, write or manage");

const NAME_MAX = 100;

/** What the owner calls a token. No control characters, and none that turn the direction of the text around it. */
export const tokenNameSchema = z
  .string()
  .trim()
  .normalize()
  .min(1, "Give the token a name")
  .max(NAME_MAX, `Use at most ${NAME_MAX} characters`)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u, "Use letters, digits, spaces and signs, and no invisible characters");

/** How long a token may live. Days. */
export const TOKEN_DAYS_MAX = 366;
export const TOKEN_DAYS_DEFAULT = 90;
