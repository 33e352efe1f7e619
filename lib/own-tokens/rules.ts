import { TOKEN_DAYS_MAX } from "@/lib/api-tokens/schema";
import type { CreateTokenInput, TokenRefusal } from "@/lib/own-tokens/schema";

/** How many tokens of one person may be valid at the same time. */
export const TOKENS_MAX = 50;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** When a new token expires, or why it cannot have that date. */
export function decideExpiration(
  { expiresIn, expirationDate }: Pick<CreateTokenInput, "expiresIn" | "expirationDate">,
  now: Date,
): { ok: true; expiresAt: Date } | { ok: false; reason: TokenRefusal } {
  const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);
  const expiresAt = expirationDate === undefined ? inDays(Number(expiresIn)) : new Date(expirationDate);
  if (!(expiresAt > now)) return { ok: false, reason: "date-passed" };
  if (expiresAt > inDays(TOKEN_DAYS_MAX)) return { ok: false, reason: "date-too-far" };
  return { ok: true, expiresAt };
}

const SENTENCES: Record<TokenRefusal, string> = {
  "date-passed": "This date has passed. No token was made; choose a later date.",
  "date-too-far": `A token is valid for at most ${TOKEN_DAYS_MAX} days. No token was made; choose an earlier date.`,
  "scope-too-wide": "Your role there may do less than this scope. No token was made; choose a narrower scope.",
  "too-many": `You have ${TOKENS_MAX} valid tokens, which is the most that one person may have. No token was made; revoke one first.`,
};

/** The sentence for a refusal. */
export function describeTokenRefusal(reason: TokenRefusal): string {
  return SENTENCES[reason];
}
