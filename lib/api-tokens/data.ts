import "server-only";
import { createHash } from "node:crypto";
import { isTokenLive, isTokenTouchDue, type TokenLimits } from "@/lib/api-tokens/rules";
import { db } from "@/lib/platform/db/client";

export interface TokenUser {
  /** The id of the token's row. It names the token and lets nobody in. */
  tokenId: string;
  limits: TokenLimits;
  userId: string;
  name: string;
  email: string;
  platformRole: string | null;
}

/** The hash that is kept of a token. A token has 285 random bits, so a slow hash would protect no better. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/**
 * The person that a token stands for, read afresh. Undefined when the token is unknown, expired or revoked, or the
 * account is disabled.
 */
export function readTokenUser(token: string): Promise<TokenUser | undefined> {
  return readUserOf({ hash: Uint8Array.from(hashToken(token)) });
}

/** The same by the id of the token's row, for a program that has proved that it has the token. */
export function readTokenUserById(id: string): Promise<TokenUser | undefined> {
  return readUserOf({ id });
}

async function readUserOf(where: { hash: Uint8Array<ArrayBuffer> } | { id: string }): Promise<TokenUser | undefined> {
  const found = await db.apiToken.findUnique({ where, include: { user: true } });
  const now = new Date();
  if (!found || found.user.disabledAt || !isTokenLive(found, now)) return undefined;
  if (isTokenTouchDue(found, now)) {
    await db.apiToken.updateMany({ where: { id: found.id }, data: { lastUsedAt: now } });
  }
  const { id: userId, name, email, platformRole } = found.user;
  const limits = { projectId: found.projectId, scope: found.scope };
  return { tokenId: found.id, limits, userId, name, email, platformRole };
}
