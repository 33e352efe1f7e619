import { can, type Permission } from "@/lib/gate/permissions";
import { db, type Transaction } from "@/lib/platform/db";
import { AppError } from "@/lib/platform/errors";
import { slugSchema } from "@/lib/platform/slug";

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

const notFound = (what: string) => new AppError("NOT_FOUND", `${what} is not there for the caller`);

/**
 * The project by its slug with the caller's roles in it. Throws NOT_FOUND when there is none, when the caller has
 * no role in it and no platform role, or when the permission is not theirs: another project's things are not there.
 * In a disabled project only platform roles count: its keys may still have to be found and ended.
 */
export async function authorizeProject(actor: Actor, slug: string, permission: Permission): Promise<ProjectScope> {
  if (!slugSchema.safeParse(slug).success) throw notFound("project");
  const project = await db.project.findUnique({
    where: { slug },
    select: {
      id: true,
      slug: true,
      name: true,
      disabledAt: true,
      memberships: { where: { userId: actor.userId }, select: { role: true } },
    },
  });
  const roles = rolesOf(actor.platformRole, project?.disabledAt ? [] : (project?.memberships ?? []));
  if (!project || !can(roles, permission)) throw notFound("project");
  return { projectId: project.id as AuthorizedProjectId, slug: project.slug, name: project.name, roles, actor };
}

/** Throws NOT_FOUND unless the caller's platform role allows it. */
export function authorizePlatform(actor: Actor, permission: Permission): void {
  if (!can(rolesOf(actor.platformRole, []), permission)) throw notFound("page");
}

/**
 * Reads user and role again inside the transaction of the change, locked against a change of either until it
 * ends. Throws when the permission has gone since the gate looked.
 */
export async function assertStillAllowed(tx: Transaction, scope: ProjectScope, permission: Permission): Promise<void> {
  const [user] = await tx.$queryRaw<{ platform_role: string | null; disabled_at: Date | null }[]>`
    SELECT platform_role, disabled_at FROM users WHERE id = ${scope.actor.userId}::uuid FOR SHARE`;
  const memberships = await tx.$queryRaw<{ role: string }[]>`
    SELECT role FROM memberships
    WHERE user_id = ${scope.actor.userId}::uuid AND project_id = ${scope.projectId}::uuid FOR SHARE`;
  const [project] = await tx.$queryRaw<{ disabled_at: Date | null }[]>`
    SELECT disabled_at FROM projects WHERE id = ${scope.projectId}::uuid FOR SHARE`;
  if (!user || user.disabled_at || !project) throw notFound("project");
  const roles = rolesOf(user.platform_role, project.disabled_at ? [] : memberships);
  if (!can(roles, permission)) throw notFound("project");
}

function rolesOf(platformRole: string | null, memberships: { role: string }[]): string[] {
  return [...memberships.map((membership) => membership.role), ...(platformRole ? [platformRole] : [])];
}
