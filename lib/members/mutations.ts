import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { ProjectRole } from "@/lib/gate/permissions";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { decideMemberChange, describeMemberChange, describeMemberRefusal, type Target } from "@/lib/members/rules";
import type { MemberOutput, MemberWish } from "@/lib/members/schema";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { requireProjectRow } from "@/lib/projects/mutations";

/**
 * Adds a person to the project, changes the person's role, or removes the person. Of several changes at once each sees
 * what the one before has done, so that two admins cannot end each other. Throws NOT_FOUND when the caller's own
 * permission has been taken away since the gate checked it.
 */
export async function changeMember(scope: ProjectScope, email: string, wish: MemberWish): Promise<MemberOutput> {
  return withTransaction(async (tx) => {
    const person = await tx.user.findUnique({ where: { email }, select: { id: true } });
    await lockForChange(tx, scope.projectId, [scope.actor.userId, ...(person ? [person.id] : [])]);
    await assertStillAllowed(tx, scope, "members:manage");
    const target = person ? await readTarget(tx, scope.projectId, person.id) : undefined;
    const decision = decideMemberChange(wish, target, await hasOtherAdmin(tx, scope.projectId, target));
    const former = target?.role ?? null;
    if (!decision.ok) {
      return { ok: false, reason: decision.reason, message: describeMemberRefusal(decision.reason, email, former) };
    }
    const member = { projectId: scope.projectId, userId: target?.userId ?? "", email };
    if (wish.kind === "remove") await deleteMember(tx, scope.actor, member);
    else if (decision.change !== "nothing") await writeRole(tx, scope.actor, { ...member, former, role: wish.role });
    const message = describeMemberChange(decision.change, email, wish.kind === "remove" ? "" : wish.role);
    return { ok: true, outcome: decision.change === "nothing" ? "already-done" : "done", message };
  });
}

/**
 * Gives a person a role in a project, in place of any they had. For the operator, who may also leave a project without
 * an admin. Throws NOT_FOUND.
 */
export async function setMember(
  tx: Transaction,
  by: AuditActor,
  { project, email, role }: { project: string; email: string; role: ProjectRole },
): Promise<void> {
  const pair = await requirePair(tx, project, email);
  await lockForChange(tx, pair.projectId, [pair.userId]);
  const target = await readTarget(tx, pair.projectId, pair.userId);
  if (target?.role === role) return;
  await writeRole(tx, by, { ...pair, email, role, former: target?.role ?? null });
}

/** Takes a person out of a project; what they made there stays. For the operator. Throws NOT_FOUND. */
export async function removeMember(
  tx: Transaction,
  by: AuditActor,
  { project, email }: { project: string; email: string },
): Promise<void> {
  const pair = await requirePair(tx, project, email);
  await lockForChange(tx, pair.projectId, [pair.userId]);
  const target = await readTarget(tx, pair.projectId, pair.userId);
  if (!target?.role) {
    const userMessage = `${email} is not in ${project}.`;
    throw new AppError("NOT_FOUND", "not a member", { userMessage });
  }
  await deleteMember(tx, by, { ...pair, email });
}

interface Pair {
  projectId: string;
  userId: string;
}

/** Changes of the members of one project happen one after the other, and no key of it changes meanwhile. */
async function lockForChange(tx: Transaction, projectId: string, userIds: string[]): Promise<void> {
  for (const id of userIds.sort()) await lockRow(tx, "users", id, "share");
  await lockRow(tx, "projects", projectId, "update");
}

async function readTarget(
  tx: Transaction,
  projectId: string,
  userId: string,
): Promise<(Target & { userId: string }) | undefined> {
  const user = await tx.user.findUnique({ where: { id: userId }, select: { disabledAt: true } });
  const where = { projectId_userId: { projectId, userId } };
  const membership = await tx.membership.findUnique({ where, select: { role: true } });
  return user ? { userId, role: membership?.role ?? null, canSignIn: user.disabledAt === null } : undefined;
}

/** Whether somebody else is admin and can sign in. Asked only where the answer counts. */
async function hasOtherAdmin(
  tx: Transaction,
  projectId: string,
  target: (Target & { userId: string }) | undefined,
): Promise<boolean> {
  if (target?.role !== "admin") return true;
  const other = await tx.membership.findFirst({
    where: { projectId, role: "admin", userId: { not: target.userId }, user: { disabledAt: null } },
    select: { userId: true },
  });
  return other !== null;
}

async function writeRole(
  tx: Transaction,
  by: AuditActor,
  { projectId, userId, email, role, former }: Pair & { email: string; role: ProjectRole; former: string | null },
): Promise<void> {
  const entry = { outcome: "done" as const, actor: by, projectId };
  if (former === null) {
    await tx.membership.create({ data: { projectId, userId, role }, select: { userId: true } });
    await recordEvent(tx, { ...entry, event: "member.added", data: { email, role } });
    return;
  }
  await tx.membership.update({
    where: { projectId_userId: { projectId, userId } },
    data: { role },
    select: { userId: true },
  });
  await recordEvent(tx, { ...entry, event: "member.role-changed", data: { email, role, former } });
}

async function deleteMember(
  tx: Transaction,
  by: AuditActor,
  { projectId, userId, email }: Pair & { email: string },
): Promise<void> {
  await tx.membership.delete({ where: { projectId_userId: { projectId, userId } }, select: { userId: true } });
  await recordEvent(tx, { event: "member.removed", outcome: "done", actor: by, projectId, data: { email } });
}

async function requirePair(tx: Transaction, slug: string, email: string): Promise<Pair> {
  const { id: projectId } = await requireProjectRow(tx, slug);
  const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (!user) throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  return { projectId, userId: user.id };
}
