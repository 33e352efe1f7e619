import "server-only";
import { createToken, revokeToken } from "@/lib/api-tokens/mutations";
import { allowsScope } from "@/lib/gate/permissions";
import {
  type Actor,
  assertPlatformStillAllowed,
  assertStillAllowed,
  authorizePlatform,
  authorizeProject,
} from "@/lib/gate/scope";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import type { Secret } from "@/lib/platform/secret";
import { decideExpiration, describeTokenRefusal, TOKENS_MAX } from "@/lib/own-tokens/rules";
import type { CreateTokenInput, TokenRefusal } from "@/lib/own-tokens/schema";

export type CreateTokenOutcome = { ok: true; token: Secret } | { ok: false; reason: TokenRefusal; message: string };

/**
 * Makes a token of the caller. The token is in this answer and kept nowhere. Throws NOT_FOUND for a project in which the
 * caller may have no token, and for every project at once without a platform role.
 */
export async function createOwnToken(
  actor: Actor,
  { name, project, scope, ...date }: CreateTokenInput,
  now = new Date(),
): Promise<CreateTokenOutcome> {
  const place = project === null ? undefined : await authorizeProject(actor, project, "tokens:own");
  if (!place) authorizePlatform(actor, "tokens:own");
  const expiration = decideExpiration(date, now);
  if (!expiration.ok) return refuse(expiration.reason);
  return withTransaction(async (tx) => {
    // The tokens of one person are counted and made one after the other.
    await lockRow(tx, "users", actor.userId, "update");
    await assertSessionHolds(tx, actor);
    const roles = place
      ? await assertStillAllowed(tx, place, "tokens:own")
      : await assertPlatformStillAllowed(tx, actor, "tokens:own");
    if (!allowsScope(roles, scope)) return refuse("scope-too-wide");
    const live = { userId: actor.userId, revokedAt: null, expiresAt: { gt: now } };
    if ((await tx.apiToken.count({ where: live })) >= TOKENS_MAX) return refuse("too-many");
    const { token } = await createToken(tx, actor, {
      email: actor.email,
      name,
      expiresAt: expiration.expiresAt,
      project: place?.slug,
      scope,
    });
    return { ok: true, token };
  });
}

/** A new password ends every session and token. A token must not come into being after that. */
async function assertSessionHolds(tx: Transaction, { sessionId }: Actor): Promise<void> {
  if (sessionId === undefined) return;
  if ((await tx.session.count({ where: { id: sessionId, revokedAt: null } })) === 1) return;
  throw new AppError("UNAUTHENTICATED", "a session that ended meanwhile");
}

/** Revokes a token of the caller. A second call does nothing. Throws NOT_FOUND, for a token of somebody else too. */
export async function revokeOwnToken(actor: Actor, id: string): Promise<void> {
  await withTransaction((tx) => revokeToken(tx, actor, id, actor.userId));
}

function refuse(reason: TokenRefusal) {
  return { ok: false as const, reason, message: describeTokenRefusal(reason) };
}
