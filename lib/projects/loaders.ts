import "server-only";
import { z } from "zod";
import { can } from "@/lib/gate/permissions";
import type { Actor } from "@/lib/gate/scope";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";

const PAGE_SIZE = 50;
const SWITCHER_MAX = 200;

/** The projects a person is a member of, by name. */
export async function listMyProjects(actor: Actor): Promise<{ slug: string; name: string }[]> {
  return db.project.findMany({
    where: { disabledAt: null, memberships: { some: { userId: actor.userId } } },
    orderBy: { name: "asc" },
    take: SWITCHER_MAX,
    select: { slug: true, name: true },
  });
}

export interface OwnProject {
  slug: string;
  name: string;
  /** The person's. */
  role: string;
}

/** A page of the projects a person is a member of, newest first, without disabled ones. */
export async function listOwnProjects(
  actor: Actor,
  cursor: string | undefined,
): Promise<{ rows: OwnProject[]; next: string | null }> {
  const { userId, limits } = actor;
  const projects = await db.project.findMany({
    where: {
      ...(limits?.projectId ? { id: limits.projectId } : {}),
      disabledAt: null,
      memberships: { some: { userId } },
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
    take: SWITCHER_MAX,
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
  const [first, ...more] = await listMyProjects(actor);
  return first && more.length === 0 ? `/projects/${first.slug}/object-storage` : "/projects";
}

export interface ProjectRow {
  id: string;
  slug: string;
  name: string;
  members: number;
  createdAt: string;
  disabledAt: string | null;
}

/** A page of all projects, newest first. For those who manage the installation: the caller checks. */
export async function listProjects(query: {
  cursor?: string | undefined;
}): Promise<{ rows: ProjectRow[]; next: string | null }> {
  const projects = await db.project.findMany({
    where: query.cursor ? olderThan(decodeCursor(query.cursor)) : {},
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
