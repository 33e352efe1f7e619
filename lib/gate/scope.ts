import type { TokenLimits } from "@/lib/api-tokens/rules";
import { can, type Permission } from "@/lib/gate/permissions";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockMembership, lockRow } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { slugSchema } from "@/lib/platform/text/slug";

/** A person, read from the database at the start of this request. */
export interface Actor {
  userId: string;
  name: string;
  email: string;
  platformRole: string | null;
  sessionId?: string | undefined;
  /** The token of a program's request. */
  tokenId?: string | undefined;
  address?: string | undefined;
  /** What the audit log calls the session or token of this request. */
  via?: string | undefined;
  /** What the token of this request is limited to. A session is not limited. */
  limits?: TokenLimits | undefined;
}

declare const authorized: unique symbol;
/** A project id that the gate has checked for this caller. Minted only here. */
export type AuthorizedProjectId = string & { readonly [authorized]: true };

/** A project with the roles that the caller has in it. */
export interface ProjectScope {
  projectId: AuthorizedProjectId;
  slug: string;
  name: string;
  roles: string[];
  actor: Actor;
}

/** A project, and the role that one person has in it, if any. */
export interface FoundProject {
  id: string;
  slug: string;
  name: string;
  disabledAt: Date | null;
  role: string | null;
}

/** The error for a person who may not see a thing: the same as for a thing that does not exist. */
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
 * The caller's scope in a project that was read afresh. Undefined when the project does not exist, when the caller has
 * no role in it and no platform role, or when the roles do not give the permission. In a disabled project only platform
 * roles count: its keys may still have to be found and ended. A token counts only in its own project, and only where
 * its person may have tokens.
 */
export function findScope(
  actor: Actor,
  project: FoundProject | undefined,
  permission: Permission,
): ProjectScope | undefined {
  const roles = rolesOf(actor.platformRole, project?.disabledAt ? null : (project?.role ?? null));
  if (!project || !can(roles, permission) || !admitsToken(actor, project.id, roles)) return undefined;
  return { projectId: project.id as AuthorizedProjectId, slug: project.slug, name: project.name, roles, actor };
}

/** Throws NOT_FOUND unless the caller's platform role allows it. */
export function authorizePlatform(actor: Actor, permission: Permission): void {
  const roles = rolesOf(actor.platformRole, null);
  if (!can(roles, permission) || !admitsToken(actor, null, roles)) throw notFound("page");
}

/**
 * Whether the caller's platform role allows it, or the role in one project at least. For what belongs to the person and
 * to no project.
 */
export async function maySomewhere(actor: Actor, permission: Permission): Promise<boolean> {
  const groups = await db.membership.groupBy({
    by: ["role"],
    where: { userId: actor.userId, project: { disabledAt: null } },
  });
  const roles = [...groups.map(({ role }) => role), ...rolesOf(actor.platformRole, null)];
  return can(roles, permission) && admitsToken(actor, null, roles);
}

/** Throws NOT_FOUND where `maySomewhere` is false. */
export async function authorizeSomewhere(actor: Actor, permission: Permission): Promise<void> {
  if (!(await maySomewhere(actor, permission))) throw notFound("page");
}

/**
 * Reads user, project and role again inside the transaction of the change, and locks them against changes until it
 * ends. Gives the roles. Throws NOT_FOUND when the permission has been taken away since the gate checked it.
 */
export async function assertStillAllowed(
  tx: Transaction,
  scope: ProjectScope,
  permission: Permission,
): Promise<string[]> {
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
  const roles = rolesOf(user.platformRole, role);
  if (!can(roles, permission) || !admitsToken(actor, projectId, roles)) throw notFound("project");
  return roles;
}

/** The same for what rests on the platform role alone. */
export async function assertPlatformStillAllowed(
  tx: Transaction,
  actor: Actor,
  permission: Permission,
): Promise<string[]> {
  await lockRow(tx, "users", actor.userId, "share");
  const user = await tx.user.findUnique({ where: { id: actor.userId } });
  const roles = user && !user.disabledAt ? rolesOf(user.platformRole, null) : [];
  if (!can(roles, permission) || !admitsToken(actor, null, roles)) throw notFound("page");
  return roles;
}

/** Whether a request without a token, or with this one, counts in the project. `null`: outside of every project. */
function admitsToken({ limits }: Actor, projectId: string | null, roles: string[]): boolean {
  if (!limits) return true;
  return (limits.projectId === null || limits.projectId === projectId) && can(roles, "tokens:own");
}

function rolesOf(platformRole: string | null, projectRole: string | null): string[] {
  return [projectRole, platformRole].filter((role) => role !== null);
}
