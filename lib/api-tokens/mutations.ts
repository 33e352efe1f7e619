import "server-only";
import { hashToken } from "@/lib/api-tokens/data";
import { composeToken } from "@/lib/api-tokens/rules";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";

export interface NewToken {
  email: string;
  name: string;
  expiresAt: Date;
}

/**
 * Creates a token for a person. The token is in this answer and kept nowhere. Throws NOT_FOUND, and CONFLICT when the
 * person is disabled: the token would begin to work when the person is enabled again.
 */
export async function createToken(
  tx: Transaction,
  by: AuditActor,
  { email, name, expiresAt }: NewToken,
): Promise<{ id: string; token: Secret }> {
  const known = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (known) await lockRow(tx, "users", known.id, "share");
  const user = await tx.user.findUnique({ where: { email }, select: { id: true, disabledAt: true } });
  if (!user) throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  if (user.disabledAt) {
    const userMessage = `The user ${email} is disabled. Enable the user first; no token was made.`;
    throw new AppError("CONFLICT", "a disabled user", { userMessage });
  }
  const token = composeToken(randomText);
  const hash = Uint8Array.from(hashToken(token));
  const { id } = await tx.apiToken.create({ data: { userId: user.id, name, expiresAt, hash }, select: { id: true } });
  await recordEvent(tx, {
    event: "token.created",
    outcome: "done",
    actor: by,
    data: { email, name, expiresAt: expiresAt.toISOString() },
  });
  return { id, token: new Secret(token) };
}

/** Revokes a token, which is refused from the next request on. A second call does nothing. Throws NOT_FOUND. */
export async function revokeToken(tx: Transaction, by: AuditActor, id: string): Promise<void> {
  const token = await tx.apiToken.findUnique({
    where: { id },
    select: { name: true, revokedAt: true, user: { select: { email: true } } },
  });
  if (!token) throw new AppError("NOT_FOUND", "no such token", { userMessage: `There is no token ${id}.` });
  const { count } = await tx.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
  if (count === 0) return;
  await recordEvent(tx, {
    event: "token.revoked",
    outcome: "done",
    actor: by,
    data: { email: token.user.email, name: token.name },
  });
}

/** Revokes every token of a person that is not over, with an audit line for each. */
export async function revokeTokensOf(
  tx: Transaction,
  by: AuditActor,
  { id: userId, email }: { id: string; email: string },
): Promise<void> {
  const now = new Date();
  const where = { userId, revokedAt: null, expiresAt: { gt: now } };
  const tokens = await tx.apiToken.findMany({ where, select: { name: true } });
  await tx.apiToken.updateMany({ where, data: { revokedAt: now } });
  for (const { name } of tokens)
    await recordEvent(tx, { event: "token.revoked", outcome: "done", actor: by, data: { email, name } });
}
