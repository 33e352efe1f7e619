import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { Transaction } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

/** Creates a project. Throws CONFLICT when the slug is taken. */
export async function createProject(
  tx: Transaction,
  by: AuditActor,
  project: { slug: string; name: string },
): Promise<{ id: string }> {
  const { slug, name } = project;
  const taken = await tx.project.findUnique({ where: { slug }, select: { id: true } });
  if (taken) throw new AppError("CONFLICT", "slug taken", { userMessage: `There is a project ${slug} already.` });
  const created = await tx.project.create({ data: { slug, name }, select: { id: true } });
  await recordEvent(tx, {
    event: "project.created",
    outcome: "done",
    actor: by,
    projectId: created.id,
    data: { slug, name },
  });
  return created;
}

/** Renames a project; its slug stays. Throws NOT_FOUND. */
export async function renameProject(tx: Transaction, by: AuditActor, slug: string, name: string): Promise<void> {
  const { id } = await requireProjectRow(tx, slug);
  await tx.project.update({ where: { id }, data: { name } });
  await recordEvent(tx, { event: "project.changed", outcome: "done", actor: by, projectId: id, data: { slug, name } });
}

/** Switches a project off or on. Its keys are left as they are: disable them first. Throws NOT_FOUND. */
export async function setProjectDisabled(
  tx: Transaction,
  by: AuditActor,
  slug: string,
  disabled: boolean,
): Promise<void> {
  const { id } = await requireProjectRow(tx, slug);
  await tx.project.update({ where: { id }, data: { disabledAt: disabled ? new Date() : null } });
  const event = disabled ? "project.disabled" : "project.enabled";
  await recordEvent(tx, { event, outcome: "done", actor: by, projectId: id, data: { slug } });
}

/** A project's id by its slug. Throws NOT_FOUND. */
export async function requireProjectRow(tx: Transaction, slug: string): Promise<{ id: string }> {
  const project = await tx.project.findUnique({ where: { slug }, select: { id: true } });
  if (!project) throw new AppError("NOT_FOUND", "no such project", { userMessage: `There is no project ${slug}.` });
  return project;
}
