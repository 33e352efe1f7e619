import "server-only";
import { hashToken } from "@/lib/api-tokens/data";
import { composeToken } from "@/lib/api-tokens/rules";
import type { TokenScope } from "@/lib/api-tokens/schema";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";

/** What the audit log tells of a token. */
const DESCRIBED = { name: true, scope: true, project: { select: { id: true, slug: true } } } as const;

export interface NewToken {
  email: string;
  name: string;
  expiresAt: Date;
  /** The slug of the only project in which the token works. Left out: every project of the person. */
  project?: string | undefined;
  /** Left out: the token may read and change, as far as its person may. */
  scope?: TokenScope;
}

/**
 * Creates a token for a person. The token is in this answer and kept nowhere. Whether the person may have it is checked
 * by the caller, and at each use. Throws NOT_FOUND, and CONFLICT when the person is disabled: the token would begin to
 * work when the person is enabled again.
 */
export async function createToken(
  tx: Transaction,
  by: AuditActor,
  { email, name, expiresAt, project: slug, scope = "write" }: NewToken,
): Promise<{ id: string; token: Secret }> {
  const known = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (known) await lockRow(tx, "users", known.id, "share");
  const user = await tx.user.findUnique({ where: { email }, select: { id: true, disabledAt: true } });
  if (!user) throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  if (user.disabledAt) {
    const userMessage = `The user ${email} is disabled. Enable the user first; no token was made.`;
    throw new AppError("CONFLICT", "a disabled user", { userMessage });
  }
  const project = slug === undefined ? null : await requireProject(tx, slug);
  const token = composeToken(randomText);
  const hash = Uint8Array.from(hashToken(token));
  const data = { userId: user.id, projectId: project?.id ?? null, scope, name, expiresAt, hash };
  const { id } = await tx.apiToken.create({ data, select: { id: true } });
  await recordEvent(tx, {
    event: "token.created",
    outcome: "done",
    actor: by,
    projectId: project?.id,
    data: { ...describe({ name, scope, project }, email), expiresAt: expiresAt.toISOString() },
  });
  return { id, token: new Secret(token) };
}

/**
 * Revokes a token, which is refused from the next request on. A second call does nothing. With `ownerId` only a token of
 * this person. Throws NOT_FOUND.
 */
export async function revokeToken(tx: Transaction, by: AuditActor, id: string, ownerId?: string): Promise<void> {
  const token = await tx.apiToken.findFirst({
    where: { id, ...(ownerId === undefined ? {} : { userId: ownerId }) },
    select: { ...DESCRIBED, user: { select: { email: true } } },
  });
  if (!token) throw new AppError("NOT_FOUND", "no such token", { userMessage: `There is no token ${id}.` });
  const { count } = await tx.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
  if (count === 0) return;
  await recordEvent(tx, {
    event: "token.revoked",
    outcome: "done",
    actor: by,
    projectId: token.project?.id,
    data: describe(token, token.user.email),
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
  const tokens = await tx.apiToken.findMany({ where, select: DESCRIBED });
  await tx.apiToken.updateMany({ where, data: { revokedAt: now } });
  for (const token of tokens)
    await recordEvent(tx, {
      event: "token.revoked",
      outcome: "done",
      actor: by,
      projectId: token.project?.id,
      data: describe(token, email),
    });
}

interface Described {
  name: string;
  scope: TokenScope;
  project: { id: string; slug: string } | null;
}

function describe({ name, scope, project }: Described, email: string) {
  return { email, name, scope, ...(project ? { project: project.slug } : {}) };
}

async function requireProject(tx: Transaction, slug: string): Promise<{ id: string; slug: string }> {
  const project = await tx.project.findUnique({ where: { slug }, select: { id: true, slug: true } });
  if (project) return project;
  throw new AppError("NOT_FOUND", "no such project", { userMessage: `There is no project ${slug}.` });
}
