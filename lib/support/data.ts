import "server-only";
import { containsText } from "@/lib/platform/db/contains";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import type { FoundProject, Person, PersonDetail } from "@/lib/support/schema";

const PAGE_SIZE = 25;
const PROJECTS_MAX = 50;

/** What is searched for, and where the page begins. */
export interface PartSearch {
  text: string;
  cursor?: string | undefined;
}

export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

/** A page of the people with this part in their e-mail address, newest first. */
export async function listPeople({ text, cursor }: PartSearch): Promise<Page<Person>> {
  const users = await db.user.findMany({
    where: { email: containsText(text), ...pageAfter(cursor) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    select: personSelect,
  });
  const page = cutPage(users, PAGE_SIZE);
  return { rows: page.rows.map(composePerson), next: page.next };
}

/** The person with exactly this e-mail address, with their projects. */
export async function readPerson(email: string): Promise<{ userId: string; person: PersonDetail } | undefined> {
  const user = await db.user.findUnique({ where: { email: email.toLowerCase() }, select: personSelect });
  if (!user) return undefined;
  const memberships = await db.membership.findMany({
    where: { userId: user.id },
    orderBy: [{ createdAt: "desc" }, { projectId: "desc" }],
    take: PROJECTS_MAX + 1,
    select: { role: true, project: { select: { slug: true, name: true, disabledAt: true } } },
  });
  const projects = memberships
    .slice(0, PROJECTS_MAX)
    .map(({ role, project }) => ({ ...composeProject(project), role }));
  const person = { ...composePerson(user), projects, moreProjects: memberships.length > PROJECTS_MAX };
  return { userId: user.id, person };
}

/** A page of the projects with this part in their name or slug, newest first. */
export async function listProjectsByPart({ text, cursor }: PartSearch): Promise<Page<FoundProject>> {
  const isNamed = { OR: [{ slug: containsText(text) }, { name: containsText(text) }] };
  const projects = await db.project.findMany({
    where: { AND: [isNamed, pageAfter(cursor)] },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
  });
  const page = cutPage(projects, PAGE_SIZE);
  return { rows: page.rows.map(composeProject), next: page.next };
}

/** The project with exactly this slug. */
export async function readProject(slug: string): Promise<{ projectId: string; project: FoundProject } | undefined> {
  const project = await db.project.findUnique({ where: { slug: slug.toLowerCase() } });
  return project ? { projectId: project.id, project: composeProject(project) } : undefined;
}

const personSelect = {
  id: true,
  email: true,
  name: true,
  platformRole: true,
  disabledAt: true,
  createdAt: true,
} as const;

interface UserRow {
  email: string;
  name: string;
  platformRole: string | null;
  disabledAt: Date | null;
  createdAt: Date;
}

const composePerson = ({ email, name, platformRole, disabledAt, createdAt }: UserRow): Person => ({
  email,
  name,
  platformRole,
  disabled: disabledAt !== null,
  since: createdAt.toISOString(),
});

const composeProject = ({ slug, name, disabledAt }: { slug: string; name: string; disabledAt: Date | null }) => ({
  project: slug,
  name,
  disabled: disabledAt !== null,
});

const pageAfter = (cursor: string | undefined) => (cursor ? olderThan(decodeCursor(cursor)) : {});
