import "server-only";
import { revokeTokensOf } from "@/lib/api-tokens/mutations";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { changeInstallation } from "@/lib/gate/platform-change";
import { type Actor, assertPlatformStillAllowed } from "@/lib/gate/scope";
import { readManagedUser } from "@/lib/managed-users/data";
import {
  type Circumstances,
  decideUserChange,
  describeUserChange,
  describeUserRefusal,
  type ManagedUser,
} from "@/lib/managed-users/rules";
import type { AddUserInput, UserChangedOutput, UserRefusal, UserWish } from "@/lib/managed-users/schema";
import type { Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { issueSetUpLink, type NewSetUpLink } from "@/lib/set-up-links/data";
import { endSessionsOf, hasOtherPlatformAdmin, lockUsers } from "@/lib/users/data";
import { changeUser, createUser, setUserDisabled } from "@/lib/users/mutations";

const PERMISSION = "installation:manage";

type Refused = { ok: false; reason: UserRefusal; message: string };
export type LinkOutcome = { ok: true; email: string; link: NewSetUpLink } | Refused;

/**
 * Creates a user without a password, and a link with which the person chooses one. The link is in this answer and kept
 * nowhere. Throws NOT_FOUND when the caller's permission has been taken away since the gate checked it.
 */
export async function addUser(actor: Actor, input: AddUserInput): Promise<LinkOutcome> {
  return changeInstallation(actor, PERMISSION, async (tx) => {
    if (await tx.user.findUnique({ where: { email: input.email }, select: { id: true } }))
      return refuse("email-taken", input.email);
    return { ok: true, email: input.email, link: await inviteUser(tx, actor, input) };
  });
}

/** Creates a user without a password, with a set-up link. For the operator too. Throws CONFLICT for a taken address. */
export async function inviteUser(tx: Transaction, by: AuditActor, input: AddUserInput): Promise<NewSetUpLink> {
  const { id } = await createUser(tx, by, { ...input, passwordHash: null });
  const link = await issueSetUpLink(tx, id);
  const data = { email: input.email, expiresAt: link.expiresAt.toISOString() };
  await recordEvent(tx, { event: "user.invited", outcome: "done", actor: by, data });
  return link;
}

/**
 * Ends the password, the sessions and the tokens of a user, and makes a link with which the person chooses a new
 * password. Links from before end too. Throws NOT_FOUND as `addUser` does.
 */
export async function resetPassword(actor: Actor, email: string): Promise<LinkOutcome> {
  return decideWithLocks(actor, email, async (tx, target, circumstances) => {
    const decision = decideUserChange({ kind: "reset-password" }, target, circumstances);
    if (!decision.ok || !target) return refuse(decision.ok ? "unknown-user" : decision.reason, email);
    await tx.user.update({ where: { id: target.id }, data: { passwordHash: null }, select: { id: true } });
    await endSessionsOf(tx, target.id);
    await revokeTokensOf(tx, actor, { id: target.id, email });
    const link = await issueSetUpLink(tx, target.id);
    const data = { email, expiresAt: link.expiresAt.toISOString() };
    await recordEvent(tx, { event: "user.password-reset", outcome: "done", actor, data });
    return { ok: true as const, email, link };
  });
}

/**
 * Changes a user, ends the sessions, or disables or enables the user. Of several changes at once each sees what the one
 * before has done, so that two platform admins cannot end each other. Throws NOT_FOUND as `addUser` does.
 */
export async function changeManagedUser(actor: Actor, email: string, wish: UserWish): Promise<UserChangedOutput> {
  return decideWithLocks(actor, email, async (tx, target, circumstances) => {
    const decision = decideUserChange(wish, target, circumstances);
    if (!decision.ok || !target) return refuse(decision.ok ? "unknown-user" : decision.reason, email);
    if (decision.change) await carryOut(tx, actor, { id: target.id, email }, wish);
    const message = describeUserChange(wish.kind, email, decision.change);
    return { ok: true as const, outcome: decision.change ? ("done" as const) : ("already-done" as const), message };
  });
}

type Decide<T> = (
  tx: Transaction,
  target: (ManagedUser & { id: string }) | undefined,
  circumstances: Circumstances,
) => Promise<T>;

/** As `changeInstallation`, with the locks of all users whose change the decision rests on taken first. */
async function decideWithLocks<T>(actor: Actor, email: string, decide: Decide<T>): Promise<T> {
  return withTransaction(async (tx) => {
    const known = await tx.user.findUnique({ where: { email }, select: { id: true } });
    await lockUsers(tx, [actor.userId, ...(known ? [known.id] : [])]);
    await assertPlatformStillAllowed(tx, actor, PERMISSION);
    const target = await readManagedUser(tx, email);
    const hasOtherAdmin = target ? await hasOtherPlatformAdmin(tx, target.id) : true;
    return decide(tx, target, { own: target?.id === actor.userId, hasOtherAdmin });
  });
}

async function carryOut(
  tx: Transaction,
  by: AuditActor,
  { id, email }: { id: string; email: string },
  wish: UserWish,
): Promise<void> {
  if (wish.kind === "disable" || wish.kind === "enable") return setUserDisabled(tx, by, email, wish.kind === "disable");
  if (wish.kind === "end-sessions") {
    await endSessionsOf(tx, id);
    return recordEvent(tx, { event: "user.sessions-ended", outcome: "done", actor: by, data: { email } });
  }
  const { name, platformRole } = wish;
  await changeUser(tx, by, email, {
    ...(name === undefined ? {} : { name }),
    ...(platformRole === undefined ? {} : { platformRole }),
  });
}

const refuse = (reason: UserRefusal, email: string): Refused => ({
  ok: false,
  reason,
  message: describeUserRefusal(reason, email),
});
