import "server-only";
import { revokeTokensOf } from "@/lib/api-tokens/mutations";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { PlatformRole } from "@/lib/gate/permissions";
import { withTransaction } from "@/lib/platform/db/transaction";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockName } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { isCommonPassword } from "@/lib/platform/crypto/common-passwords";
import { hashPassword, verifyPassword } from "@/lib/platform/crypto/password";
import type { Secret } from "@/lib/platform/secret";
import { endSessionsOf, hasOtherPlatformAdmin, lockUsers, withdrawSetUpLinks } from "@/lib/users/data";
import { describeWeakness } from "@/lib/users/rules";
import type { ChangePasswordOutput } from "@/lib/users/schema";

export interface NewUser {
  email: string;
  name: string;
  /**
   * Made with `hashPassword` before the transaction: hashing takes tens of milliseconds. Null: the person chooses a
   * password with a set-up link, and cannot sign in before.
   */
  passwordHash: string | null;
  platformRole: PlatformRole | null;
}

/** Creates a person. Throws CONFLICT when the e-mail address is taken. */
export async function createUser(tx: Transaction, by: AuditActor, user: NewUser): Promise<{ id: string }> {
  // Of two at once with the same address the second one waits, and gets the sentence.
  await lockName(tx, `user ${user.email}`);
  const taken = await tx.user.findUnique({ where: { email: user.email }, select: { id: true } });
  if (taken) throw new AppError("CONFLICT", "e-mail taken", { userMessage: `There is a user ${user.email} already.` });
  const { email, name, platformRole, passwordHash } = user;
  const created = await tx.user.create({ data: { email, name, platformRole, passwordHash }, select: { id: true } });
  await recordEvent(tx, { event: "user.created", outcome: "done", actor: by, data: { email, platformRole } });
  return created;
}

/**
 * Changes a person's name or platform role. Throws NOT_FOUND, and CONFLICT rather than take the last platform-admin's
 * role.
 */
export async function changeUser(
  tx: Transaction,
  by: AuditActor,
  email: string,
  change: { name?: string; platformRole?: PlatformRole | null },
): Promise<void> {
  const { id } = await requireUser(tx, email);
  if (change.platformRole !== undefined && change.platformRole !== "platform-admin")
    await refuseForLastAdmin(tx, id, email);
  await lockUsers(tx, [id]);
  const { platformRole: former } = await tx.user.findUniqueOrThrow({ where: { id }, select: { platformRole: true } });
  const { platformRole } = await tx.user.update({ where: { id }, data: change, select: { platformRole: true } });
  const data = { email, platformRole, ...(platformRole === former ? {} : { former }) };
  await recordEvent(tx, { event: "user.changed", outcome: "done", actor: by, data });
}

/**
 * Disables a person, which ends their sessions, API tokens and set-up links at once, or enables them again, which brings none of them
 * back. Throws NOT_FOUND, and CONFLICT rather than disable the last platform-admin.
 */
export async function setUserDisabled(
  tx: Transaction,
  by: AuditActor,
  email: string,
  disabled: boolean,
): Promise<void> {
  const user = await requireUser(tx, email);
  if (disabled) await refuseForLastAdmin(tx, user.id, email);
  const now = new Date();
  await tx.user.update({ where: { id: user.id }, data: { disabledAt: disabled ? now : null } });
  if (disabled) {
    await endSessionsOf(tx, user.id);
    await withdrawSetUpLinks(tx, user.id);
    await revokeTokensOf(tx, by, { id: user.id, email });
  }
  await recordEvent(tx, {
    event: disabled ? "user.disabled" : "user.enabled",
    outcome: "done",
    actor: by,
    data: { email },
  });
}

/**
 * Sets a new password, given as its hash, and ends all sessions, API tokens and set-up links of the person. Throws
 * NOT_FOUND.
 */
export async function setPassword(tx: Transaction, by: AuditActor, email: string, passwordHash: string): Promise<void> {
  const user = await requireUser(tx, email);
  await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
  await endSessionsOf(tx, user.id);
  await withdrawSetUpLinks(tx, user.id);
  await revokeTokensOf(tx, by, { id: user.id, email });
  await recordEvent(tx, { event: "user.password-changed", outcome: "done", actor: by, data: { email } });
}

/**
 * A person changes their own password: the present one must be right, and all their other sessions and all their API
 * tokens end. Throws CONFLICT when somebody else has set the password or disabled the person in between.
 */
export async function changeOwnPassword(
  by: AuditActor & { userId: string; sessionId: string | undefined },
  current: Secret,
  next: Secret,
): Promise<ChangePasswordOutput> {
  const user = await db.user.findUniqueOrThrow({ where: { id: by.userId } });
  if (!(await verifyPassword(user.passwordHash, current.reveal()))) {
    return { ok: false, field: "current", message: "This is not your present password. Nothing was changed." };
  }
  if (current.reveal() === next.reveal()) {
    return { ok: false, field: "next", message: "This is your present password. Nothing was changed." };
  }
  const weakness = await findWeakness(next, user.email);
  if (weakness) return { ok: false, field: "next", message: `${weakness} Nothing was changed.` };
  const passwordHash = await hashPassword(next.reveal());
  await withTransaction(async (tx) => {
    const unchanged = { id: user.id, disabledAt: null, passwordHash: user.passwordHash };
    const { count } = await tx.user.updateMany({ where: unchanged, data: { passwordHash } });
    if (count === 0) {
      const userMessage = "Your account was changed meanwhile. Your new password was not set.";
      throw new AppError("CONFLICT", "the account was changed meanwhile", { userMessage });
    }
    await tx.session.updateMany({
      where: { userId: user.id, revokedAt: null, ...(by.sessionId ? { id: { not: by.sessionId } } : {}) },
      data: { revokedAt: new Date() },
    });
    await revokeTokensOf(tx, by, user);
    const data = { email: user.email };
    await recordEvent(tx, { event: "user.password-changed", outcome: "done", actor: by, data });
  });
  return { ok: true };
}

/** Why a person with this e-mail address may not have this new password, as a sentence. Undefined when they may. */
export async function findWeakness(password: Secret, email: string): Promise<string | undefined> {
  return describeWeakness(password.reveal(), email, await isCommonPassword(password.reveal()));
}

async function requireUser(tx: Transaction, email: string): Promise<{ id: string }> {
  const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (!user) throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  return user;
}

/** Refuses to end the last platform-admin, who alone can make another: two cannot end each other. */
async function refuseForLastAdmin(tx: Transaction, id: string, email: string): Promise<void> {
  await lockUsers(tx, [id]);
  const admin = { id, platformRole: "platform-admin", disabledAt: null, passwordHash: { not: null } };
  if ((await tx.user.count({ where: admin })) === 0 || (await hasOtherPlatformAdmin(tx, id))) return;
  const userMessage = `${email} is the last platform-admin who can sign in. Make another one first; nothing was changed.`;
  throw new AppError("CONFLICT", "the last platform-admin", { userMessage });
}
