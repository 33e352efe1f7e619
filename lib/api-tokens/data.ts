import "server-only";
import { createHash } from "node:crypto";
import { isTokenLive, isTokenTouchDue, type TokenTimes } from "@/lib/api-tokens/rules";
import { sql } from "@/lib/platform/sql";

export interface TokenUser {
  userId: string;
  name: string;
  email: string;
  platformRole: string | null;
}

/** What is kept of a token. It has 285 random bits: a slow hash would protect nothing more. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The person that a token stands for, read afresh; undefined when it is unknown, over or revoked, or the account disabled. */
export async function readTokenUser(token: string): Promise<TokenUser | undefined> {
  const [row] = await sql.$queryRaw<(TokenUser & TokenTimes & { id: string; disabledAt: Date | null })[]>`
    SELECT t.id, t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt", t.last_used_at AS "lastUsedAt",
      u.id AS "userId", u.name, u.email, u.platform_role AS "platformRole", u.disabled_at AS "disabledAt"
    FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = ${hashToken(token)}`;
  const now = new Date();
  if (!row || row.disabledAt || !isTokenLive(row, now)) return undefined;
  if (isTokenTouchDue(row, now)) await sql.$queryRaw`UPDATE api_tokens SET last_used_at = ${now}::timestamptz WHERE id = ${row.id}::uuid`;
  const { userId, name, email, platformRole } = row;
  return { userId, name, email, platformRole };
}
