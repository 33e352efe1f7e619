import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { changeInstallation } from "@/lib/gate/platform-change";
import type { Actor } from "@/lib/gate/scope";
import type { Transaction } from "@/lib/platform/db/client";
import { lockName, lockRow } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { describeProjectRefusal, describeRegions, isSameRestriction, type ProjectRefusal } from "@/lib/projects/rules";
import type { ProjectOutput, ProjectWish } from "@/lib/projects/schema";

/** Creates a project. Throws CONFLICT when the slug is taken. */
export async function createProject(
  tx: Transaction,
  by: AuditActor,
  project: { slug: string; name: string },
): Promise<{ id: string }> {
  const { slug, name } = project;
  // Of two at once the second one waits, and finds the slug taken.
  await lockName(tx, `project ${slug}`);
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

/** Creates a project for a platform admin. Throws NOT_FOUND when the caller may not do so any more. */
export async function addProject(actor: Actor, project: { slug: string; name: string }): Promise<ProjectOutput> {
  return changeInstallation(actor, "installation:manage", async (tx) => {
    const { slug, name } = project;
    await lockName(tx, `project ${slug}`);
    if (await tx.project.findUnique({ where: { slug }, select: { id: true } })) return refuse("slug-taken", slug);
    await createProject(tx, actor, project);
    return done(`The project ${name} is there now. It has no members yet.`);
  });
}

/**
 * Renames a project, switches it off or on, or says which regions it may use. Of several changes at once each sees what
 * the one before has done. Throws NOT_FOUND for a project that is not there, and when the caller may not do so any more.
 */
export async function changeProject(actor: Actor, slug: string, wish: ProjectWish): Promise<ProjectOutput> {
  return changeInstallation(actor, "installation:manage", async (tx) => {
    const { id } = await requireProjectRow(tx, slug);
    // A key that is being written ahead holds this lock too: it comes before or after the change, never in the middle.
    await lockRow(tx, "projects", id, "update");
    const project = await tx.project.findUniqueOrThrow({ where: { id } });
    switch (wish.kind) {
      case "rename":
        if (project.name === wish.name) return unchanged(`The project has the name ${wish.name} already.`);
        await renameProject(tx, actor, slug, wish.name);
        return done(`The project has the name ${wish.name} now.`);
      case "switch": {
        const word = wish.disabled ? "disabled" : "enabled";
        if ((project.disabledAt !== null) === wish.disabled) return unchanged(`The project is ${word} already.`);
        await setProjectDisabled(tx, actor, slug, wish.disabled);
        return done(`The project is ${word} now.${wish.disabled ? " Its keys go on working." : ""}`);
      }
      case "set-regions":
        return setRegions(tx, actor, { id, slug, restricted: project.regionsRestricted }, wish);
    }
  });
}

async function setRegions(
  tx: Transaction,
  by: AuditActor,
  { id: projectId, slug, restricted }: { id: string; slug: string; restricted: boolean },
  { regions, former }: Extract<ProjectWish, { kind: "set-regions" }>,
): Promise<ProjectOutput> {
  const rows = await tx.projectRegion.findMany({
    where: { projectId },
    select: { region: { select: { name: true } } },
  });
  const present = restricted ? rows.map(({ region }) => region.name) : null;
  if (isSameRestriction(regions, present)) return unchanged(`The project may use ${describeRegions(present)} already.`);
  if (former !== undefined && !isSameRestriction(former, present))
    return refuse("changed-meanwhile", describeRegions(present));
  const names = [...new Set(regions ?? [])];
  const found = await tx.region.findMany({ where: { name: { in: names } }, select: { id: true, name: true } });
  const unknown = names.find((name) => !found.some((region) => region.name === name));
  if (unknown !== undefined) return refuse("unknown-region", unknown);
  await tx.projectRegion.deleteMany({ where: { projectId } });
  await tx.projectRegion.createMany({ data: found.map(({ id: regionId }) => ({ projectId, regionId })) });
  await tx.project.update({ where: { id: projectId }, data: { regionsRestricted: regions !== null } });
  await recordEvent(tx, {
    event: "project.regions-set",
    outcome: "done",
    actor: by,
    projectId,
    data: { slug, regions: regions === null ? null : names.sort() },
  });
  return done(`The project may use ${describeRegions(regions)} now. Keys that exist work on.`);
}

const done = (message: string): ProjectOutput => ({ ok: true, outcome: "done", message });
const unchanged = (message: string): ProjectOutput => ({
  ok: true,
  outcome: "already-done",
  message: `${message} Nothing was changed.`,
});
const refuse = (reason: ProjectRefusal, what: string): ProjectOutput => ({
  ok: false,
  reason,
  message: describeProjectRefusal(reason, what),
});

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
