import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { ProjectRole } from "@/lib/gate/permissions";
import type { Target } from "@/lib/members/rules";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";

/** A project and a person. */
export interface Pair {
  projectId: string;
  userId: string;
}

/** Changes of the members of one project happen one after the other, and no key of it changes meanwhile. */
export async function lockForChange(tx: Transaction, projectId: string, userIds: string[]): Promise<void> {
  for (const id of userIds.sort()) await lockRow(tx, "users", id, "share");
  await lockRow(tx, "projects", projectId, "update");
}

/** The account of a person with the role in the project. Undefined when there is no such person. */
export async function readTarget(
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
export async function hasOtherAdmin(
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

interface RoleChange extends Pair {
  email: string;
  role: ProjectRole;
  former: string | null;
  /** Whether the admins of the project are to be told of the person. */
  joins: boolean;
}

/** Writes the role of a person, whose role is `former` until now, and the audit event. */
export async function writeRole(
  tx: Transaction,
  by: AuditActor,
  { projectId, userId, email, role, former, joins }: RoleChange,
): Promise<void> {
  const data = { email, role };
  const entry = { outcome: "done" as const, actor: by, projectId };
  if (former === null) {
    await tx.membership.create({ data: { projectId, userId, role }, select: { userId: true } });
  } else {
    const where = { projectId_userId: { projectId, userId } };
    await tx.membership.update({ where, data: { role }, select: { userId: true } });
  }
  if (joins) {
    await tx.join.create({ data: { projectId, userId, role }, select: { id: true } });
    await recordEvent(tx, { ...entry, event: "member.joined", data });
  } else if (former === null) {
    await recordEvent(tx, { ...entry, event: "member.added", data });
  } else {
    await recordEvent(tx, { ...entry, event: "member.role-changed", data: { ...data, former } });
  }
}

/** Ends a membership, and writes the audit event. */
export async function deleteMember(
  tx: Transaction,
  by: AuditActor,
  { projectId, userId, email }: Pair & { email: string },
): Promise<void> {
  await tx.membership.delete({ where: { projectId_userId: { projectId, userId } }, select: { userId: true } });
  await recordEvent(tx, { event: "member.removed", outcome: "done", actor: by, projectId, data: { email } });
}
