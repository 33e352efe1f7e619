import { can, type Permission } from "@/lib/gate/permissions";
import { AppError } from "@/lib/platform/errors";
import { slugSchema } from "@/lib/platform/text/slug";
import { sql, type Statements } from "@/lib/platform/sql";

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
  if (!slugSchema.safeParse(slug).success) throw notFound("project");
  const [project] = await sql.$queryRaw<FoundProject[]>`
    SELECT p.id, p.slug, p.name, p.disabled_at AS "disabledAt", m.role
    FROM projects p LEFT JOIN memberships m ON m.project_id = p.id AND m.user_id = ${actor.userId}::uuid
    WHERE p.slug = ${slug}`;
  const scope = findScope(actor, project, permission);
  if (!scope) throw notFound("project");
  return scope;
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
 * ends. Throws when the permission has gone since the gate looked.
 */
export async function assertStillAllowed(tx: Statements, scope: ProjectScope, permission: Permission): Promise<void> {
  const { userId } = scope.actor;
  const [now] = await tx.$queryRaw<
    { platformRole: string | null; role: string | null; isDisabled: boolean; isClosed: boolean }[]
  >`
    WITH person AS (SELECT platform_role, disabled_at FROM users WHERE id = ${userId}::uuid FOR SHARE),
      place AS (SELECT disabled_at FROM projects WHERE id = ${scope.projectId}::uuid AND EXISTS (SELECT FROM person) FOR SHARE),
      member AS (SELECT role FROM memberships WHERE user_id = ${userId}::uuid AND project_id = ${scope.projectId}::uuid FOR SHARE)
    SELECT person.platform_role AS "platformRole", (SELECT role FROM member) AS role,
      person.disabled_at IS NOT NULL AS "isDisabled", place.disabled_at IS NOT NULL AS "isClosed"
    FROM person, place`;
  if (!now || now.isDisabled) throw notFound("project");
  if (!can(rolesOf(now.platformRole, now.isClosed ? null : now.role), permission)) throw notFound("project");
}

function rolesOf(platformRole: string | null, projectRole: string | null): string[] {
  return [projectRole, platformRole].filter((role) => role !== null);
}
