import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { type ProjectRole, restsOnPlatformRole } from "@/lib/gate/permissions";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { deleteMember, hasOtherAdmin, lockForChange, type Pair, readTarget, writeRole } from "@/lib/members/data";
import { decideMemberChange, describeMemberChange, describeMemberRefusal, isHigherRole } from "@/lib/members/rules";
import type { MemberOutput, MemberWish } from "@/lib/members/schema";
import type { Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { requireProjectRow } from "@/lib/projects/mutations";

/**
 * Adds a person to the project, changes the person's role, or removes the person. Of several changes at once each sees
 * what the one before has done, so that two admins cannot end each other. A platform admin who is not admin of the
 * project and takes a role in it joins: the admins of the project are told. Throws NOT_FOUND when the caller's own
 * permission has been taken away since the gate checked it.
 */
export async function changeMember(scope: ProjectScope, email: string, wish: MemberWish): Promise<MemberOutput> {
  return withTransaction(async (tx) => {
    const person = await tx.user.findUnique({ where: { email }, select: { id: true } });
    await lockForChange(tx, scope.projectId, [scope.actor.userId, ...(person ? [person.id] : [])]);
    const roles = await assertStillAllowed(tx, scope, "members:manage");
    const target = person ? await readTarget(tx, scope.projectId, person.id) : undefined;
    const decision = decideMemberChange(wish, target, await hasOtherAdmin(tx, scope.projectId, target));
    const former = target?.role ?? null;
    if (!decision.ok) {
      return { ok: false, reason: decision.reason, message: describeMemberRefusal(decision.reason, email, former) };
    }
    const member = { projectId: scope.projectId, userId: target?.userId ?? "", email };
    if (wish.kind === "remove") await deleteMember(tx, scope.actor, member);
    else if (decision.change !== "nothing") {
      const isOwn = member.userId === scope.actor.userId;
      const joins = isOwn && restsOnPlatformRole(roles, "members:manage") && isHigherRole(former, wish.role);
      await writeRole(tx, scope.actor, { ...member, former, role: wish.role, joins });
    }
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
  await writeRole(tx, by, { ...pair, email, role, former: target?.role ?? null, joins: false });
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

/** Remembers that the caller was told of everybody who joined until then. */
export async function dismissJoins(scope: ProjectScope, until: string): Promise<void> {
  await withTransaction(async (tx) => {
    await assertStillAllowed(tx, scope, "members:manage");
    const { projectId, actor } = scope;
    const { count } = await tx.membership.updateMany({
      where: { projectId, userId: actor.userId },
      data: { joinsSeenUntil: new Date(until) },
    });
    if (count === 0) return;
    await recordEvent(tx, { event: "member.joins-seen", outcome: "done", actor, projectId, data: { until } });
  });
}

async function requirePair(tx: Transaction, slug: string, email: string): Promise<Pair> {
  const { id: projectId } = await requireProjectRow(tx, slug);
  const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (!user) throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  return { projectId, userId: user.id };
}
