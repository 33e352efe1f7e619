import "server-only";
import { z } from "zod";
import { LIVE_STATES } from "@/lib/access-keys/rules";
import { can } from "@/lib/gate/permissions";
import type { Actor } from "@/lib/gate/scope";
import { containsText } from "@/lib/platform/db/contains";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { slugSchema } from "@/lib/platform/text/slug";
import { readAllowedRegions } from "@/lib/project-regions/data";
import type { ProjectDetail } from "@/lib/projects/schema";
import type { Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 50;
const USABLE_MAX = 200;
/** The project switcher offers this many. */
const SWITCHER_MAX = 12;

/** A few of the projects that a person is a member of, by name: the newest memberships. `more`: there are others. */
export async function listSwitcherProjects(
  actor: Actor,
): Promise<{ projects: { slug: string; name: string }[]; more: boolean }> {
  const memberships = await db.membership.findMany({
    where: { userId: actor.userId, project: { disabledAt: null } },
    orderBy: [{ createdAt: "desc" }, { projectId: "desc" }],
    take: SWITCHER_MAX + 1,
    select: { project: { select: { slug: true, name: true } } },
  });
  const projects = memberships.slice(0, SWITCHER_MAX).map(({ project }) => project);
  projects.sort((one, other) => one.name.localeCompare(other.name));
  return { projects, more: memberships.length > SWITCHER_MAX };
}

export interface OwnProject {
  slug: string;
  name: string;
  /** The person's. */
  role: string;
}

interface ProjectQuery {
  cursor?: string | undefined;
  /** A part of the name, or of the name in addresses. */
  search?: string | undefined;
}

/** A page of the projects a person is a member of, newest first, without disabled ones. */
export async function listOwnProjects(
  actor: Actor,
  { cursor, search }: ProjectQuery,
): Promise<{ rows: OwnProject[]; next: string | null }> {
  const { userId, limits } = actor;
  const projects = await db.project.findMany({
    where: {
      ...(limits?.projectId ? { id: limits.projectId } : {}),
      disabledAt: null,
      memberships: { some: { userId } },
      ...(search ? { AND: nameOrSlug(search) } : {}),
      ...(cursor ? olderThan(decodeCursor(cursor)) : {}),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    select: {
      id: true,
      slug: true,
      name: true,
      createdAt: true,
      memberships: { where: { userId }, select: { role: true } },
    },
  });
  const page = cutPage(projects, PAGE_SIZE);
  const rows = page.rows.flatMap(({ slug, name, memberships }) =>
    memberships.map(({ role }) => ({ slug, name, role })),
  );
  return { rows, next: page.next };
}

/** The projects that the caller is a member of and may use, by slug. At most 200. */
export async function listUsableProjects({ userId, limits }: Actor): Promise<{ id: string; slug: string }[]> {
  return db.project.findMany({
    where: {
      ...(limits?.projectId ? { id: limits.projectId } : {}),
      disabledAt: null,
      memberships: { some: { userId } },
    },
    orderBy: { slug: "asc" },
    take: USABLE_MAX,
    select: { id: true, slug: true },
  });
}

/** The slug of a project by its id; undefined when there is none. What the caller may do there is not checked. */
export async function findSlug(id: string): Promise<string | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  const project = await db.project.findUnique({ where: { id }, select: { slug: true } });
  return project?.slug;
}

/** Where signing in lands: the console of a platform role, else the dashboard of the last used project. */
export async function landingPath(actor: Actor): Promise<string> {
  const roles = actor.platformRole ? [actor.platformRole] : [];
  if (can(roles, "installation:read")) return "/admin";
  if (can(roles, "keys:find")) return "/support";
  const mine = await db.user.findUnique({
    where: { id: actor.userId },
    select: {
      lastProject: { select: { slug: true, disabledAt: true, memberships: { where: { userId: actor.userId } } } },
    },
  });
  const last = mine?.lastProject;
  if (last && !last.disabledAt && last.memberships.length > 0) return `/projects/${last.slug}/object-storage`;
  const { projects } = await listSwitcherProjects(actor);
  const [first, ...others] = projects;
  return first && others.length === 0 ? `/projects/${first.slug}/object-storage` : "/projects";
}

export interface ProjectRow {
  id: string;
  slug: string;
  name: string;
  members: number;
  createdAt: string;
  disabledAt: string | null;
}

/**
 * A page of all projects, newest first, or of those with `search` in the name or slug. For those who manage the
 * installation: the caller checks.
 */
export async function listProjects(query: {
  cursor?: string | undefined;
  search?: string | undefined;
}): Promise<{ rows: ProjectRow[]; next: string | null }> {
  const { cursor, search } = query;
  const projects = await db.project.findMany({
    where: { AND: [search ? nameOrSlug(search) : {}, cursor ? olderThan(decodeCursor(cursor)) : {}] },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
  });
  const page = cutPage(projects, PAGE_SIZE);
  // In the query above, a count of members would read the members of all projects.
  const counted = await db.membership.groupBy({
    by: ["projectId"],
    where: { projectId: { in: page.rows.map(({ id }) => id) } },
    _count: true,
  });
  const members = new Map(counted.map(({ projectId, _count }) => [projectId, _count]));
  const rows = page.rows.map(({ id, slug, name, createdAt, disabledAt }) => ({
    id,
    slug,
    name,
    members: members.get(id) ?? 0,
    createdAt: createdAt.toISOString(),
    disabledAt: disabledAt?.toISOString() ?? null,
  }));
  return { rows, next: page.next };
}

function nameOrSlug(search: string): Prisma.ProjectWhereInput {
  const part = containsText(search);
  return { OR: [{ name: part }, { slug: part }] };
}

/** A project, for those who manage the installation: the caller checks. Throws NOT_FOUND. */
export async function loadProject(slug: string): Promise<ProjectDetail> {
  const project = slugSchema.safeParse(slug).success ? await db.project.findUnique({ where: { slug } }) : null;
  if (!project) throw new AppError("NOT_FOUND", "no such project", { userMessage: `There is no project ${slug}.` });
  const { id: projectId, name, createdAt, disabledAt, regionsRestricted } = project;
  const regions = await db.region.findMany({
    orderBy: { name: "asc" },
    select: { id: true, name: true, disabledAt: true },
  });
  const allowed = await readAllowedRegions(projectId);
  const roles = await db.membership.groupBy({ by: ["role"], where: { projectId }, _count: true });
  const keys = await db.accessKey.groupBy({
    by: ["regionId"],
    where: { projectId, state: { in: [...LIVE_STATES] } },
    _count: true,
  });
  const liveKeys = new Map(keys.map(({ regionId, _count }) => [regionId, _count]));
  return {
    slug,
    name,
    createdAt: createdAt.toISOString(),
    disabledAt: disabledAt?.toISOString() ?? null,
    members: roles.reduce((sum, { _count }) => sum + _count, 0),
    admins: roles.find(({ role }) => role === "admin")?._count ?? 0,
    restricted: regionsRestricted,
    regions: regions.map((region) => ({
      name: region.name,
      switchedOff: region.disabledAt !== null,
      allowed: allowed?.has(region.id) ?? true,
      liveKeys: liveKeys.get(region.id) ?? 0,
    })),
  };
}
