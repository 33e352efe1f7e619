import "server-only";
import { containsText } from "@/lib/platform/db/contains";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import type { UserRow } from "@/lib/users/schema";
import type { Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 50;
/** The projects of a person who is in more are counted and not named. */
const PROJECTS_NAMED = 3;

export interface UserQuery {
  cursor?: string | undefined;
  /** A part of the name or of the e-mail address. */
  search?: string | undefined;
}

/** A page of all users, newest first. For those who manage the installation: the caller checks. */
export async function listUsers({ cursor, search }: UserQuery): Promise<{ rows: UserRow[]; next: string | null }> {
  const users = await db.user.findMany({
    where: { ...(search ? nameOrEmail(search) : {}), ...(cursor ? { AND: olderThan(decodeCursor(cursor)) } : {}) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    select: { id: true, email: true, name: true, platformRole: true, createdAt: true, disabledAt: true },
  });
  const page = cutPage(users, PAGE_SIZE);
  const ids = page.rows.map(({ id }) => id);
  const counts = await countProjects(ids);
  const named = await nameProjects(ids.filter((id) => (counts.get(id) ?? 0) <= PROJECTS_NAMED));
  const waiting = await db.user.findMany({ where: { id: { in: ids }, passwordHash: null }, select: { id: true } });
  const rows = page.rows.map(({ createdAt, disabledAt, ...user }) => ({
    ...user,
    createdAt: createdAt.toISOString(),
    disabledAt: disabledAt?.toISOString() ?? null,
    waitsForSetUp: waiting.some(({ id }) => id === user.id),
    projectCount: counts.get(user.id) ?? 0,
    projects: named.filter(({ userId }) => userId === user.id).map(({ role, project: { slug } }) => ({ slug, role })),
  }));
  return { rows, next: page.next };
}

async function countProjects(ids: string[]): Promise<Map<string, number>> {
  const groups = await db.membership.groupBy({ by: ["userId"], where: { userId: { in: ids } }, _count: true });
  return new Map(groups.map(({ userId, _count }) => [userId, _count]));
}

function nameProjects(ids: string[]) {
  return db.membership.findMany({
    where: { userId: { in: ids } },
    orderBy: [{ createdAt: "asc" }, { projectId: "asc" }],
    take: PAGE_SIZE * PROJECTS_NAMED,
    select: { userId: true, role: true, project: { select: { slug: true } } },
  });
}

function nameOrEmail(search: string): Prisma.UserWhereInput {
  const part = containsText(search);
  return { OR: [{ email: part }, { name: part }] };
}
