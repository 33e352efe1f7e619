import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { ProjectRole } from "@/lib/gate/permissions";
import type { Transaction } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { requireProjectRow } from "@/lib/projects/mutations";

/** Gives a person a role in a project, in place of any they had. Throws NOT_FOUND. */
export async function setMember(
  tx: Transaction,
  by: AuditActor,
  member: { project: string; email: string; role: ProjectRole },
): Promise<void> {
  const { projectId, userId } = await requirePair(tx, member.project, member.email);
  await tx.membership.upsert({
    where: { projectId_userId: { projectId, userId } },
    create: { projectId, userId, role: member.role },
    update: { role: member.role },
  });
  const data = { email: member.email, role: member.role };
  await recordEvent(tx, { event: "member.set", outcome: "done", actor: by, projectId, data });
}

/** Takes a person out of a project; what they made there stays. Throws NOT_FOUND. */
export async function removeMember(
  tx: Transaction,
  by: AuditActor,
  member: { project: string; email: string },
): Promise<void> {
  const { projectId, userId } = await requirePair(tx, member.project, member.email);
  const removed = await tx.membership.deleteMany({ where: { projectId, userId } });
  if (removed.count === 0) {
    const userMessage = `${member.email} is not in ${member.project}.`;
    throw new AppError("NOT_FOUND", "not a member", { userMessage });
  }
  const data = { email: member.email };
  await recordEvent(tx, { event: "member.removed", outcome: "done", actor: by, projectId, data });
}

async function requirePair(
  tx: Transaction,
  slug: string,
  email: string,
): Promise<{ projectId: string; userId: string }> {
  const { id: projectId } = await requireProjectRow(tx, slug);
  const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (!user) throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  return { projectId, userId: user.id };
}
