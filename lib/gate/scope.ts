import { can, type Permission } from "@/lib/gate/permissions";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockMembership, lockRow } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { slugSchema } from "@/lib/platform/text/slug";

/** A person, as read from the database at the start of this request. */
export interface Actor {
  userId: string;
  name: string;
  email: string;
  platformRole: string | null;
  sessionId?: string | undefined;
  address?: string | undefined;
}

declare const authorized: unique symbol;
/** A project id that the gate has checked for this caller. Minted only here. */
export type AuthorizedProjectId = string & { readonly [authorized]: true };

/** A project together with what the caller is in it. */
export interface ProjectScope {
  projectId: AuthorizedProjectId;
  slug: string;
  name: string;
  roles: string[];
  actor: Actor;
}

/** A project beside one person: their role in it, where they have one. */
export interface FoundProject {
  id: string;
  slug: string;
  name: string;
  disabledAt: Date | null;
  role: string | null;
}

/** What whoever may not see a thing is told of it. */
export const notFound = (what: string) => new AppError("NOT_FOUND", `${what} is not there for the caller`);

/** The project by its slug with the caller's roles in it. Throws NOT_FOUND where `findScope` gives none. */
export async function authorizeProject(actor: Actor, slug: string, permission: Permission): Promise<ProjectScope> {
  const scope = findScope(actor, await findProject(actor.userId, slug), permission);
  if (!scope) throw notFound("project");
  return scope;
}

/** A project by its slug, with the person's role in it. Undefined when there is none. */
export async function findProject(userId: string, slug: string): Promise<FoundProject | undefined> {
  if (!slugSchema.safeParse(slug).success) return undefined;
  const project = await db.project.findUnique({ where: { slug } });
  if (!project) return undefined;
  const { id, name, disabledAt } = project;
  const where = { projectId_userId: { projectId: id, userId } };
  const membership = await db.membership.findUnique({ where, select: { role: true } });
  return { id, slug, name, disabledAt, role: membership?.role ?? null };
}

/**
 * What the caller is in a project that was read afresh. Undefined when there is none, when the caller has no role in it
 * and no platform role, or when the permission is not theirs: another project's things are not there. In a disabled
 * project only platform roles count: its keys may still have to be found and ended.
 */
export function findScope(
  actor: Actor,
  project: FoundProject | undefined,
  permission: Permission,
): ProjectScope | undefined {
  const roles = rolesOf(actor.platformRole, project?.disabledAt ? null : (project?.role ?? null));
  if (!project || !can(roles, permission)) return undefined;
  return { projectId: project.id as AuthorizedProjectId, slug: project.slug, name: project.name, roles, actor };
}

/** Throws NOT_FOUND unless the caller's platform role allows it. */
export function authorizePlatform(actor: Actor, permission: Permission): void {
  if (!can(rolesOf(actor.platformRole, null), permission)) throw notFound("page");
}

/**
 * Reads user and role again inside the transaction of the change, locked against a change of either until it
 * ends. Throws NOT_FOUND when the permission has gone since the gate looked.
 */
export async function assertStillAllowed(tx: Transaction, scope: ProjectScope, permission: Permission): Promise<void> {
  const { projectId, actor } = scope;
  await lockRow(tx, "users", actor.userId, "share");
  await lockRow(tx, "projects", projectId, "share");
  await lockMembership(tx, projectId, actor.userId);
  const user = await tx.user.findUnique({ where: { id: actor.userId } });
  const project = await tx.project.findUnique({ where: { id: projectId } });
  const membership = await tx.membership.findUnique({
    where: { projectId_userId: { projectId, userId: actor.userId } },
  });
  if (!user || user.disabledAt || !project) throw notFound("project");
  const role = project.disabledAt ? null : (membership?.role ?? null);
  if (!can(rolesOf(user.platformRole, role), permission)) throw notFound("project");
}

function rolesOf(platformRole: string | null, projectRole: string | null): string[] {
  return [projectRole, platformRole].filter((role) => role !== null);
}
