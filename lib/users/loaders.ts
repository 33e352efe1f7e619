import "server-only";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";

const PAGE_SIZE = 50;

export interface UserRow {
  id: string;
  email: string;
  name: string;
  platformRole: string | null;
  createdAt: string;
  disabledAt: string | null;
  projects: { slug: string; role: string }[];
}

/** A page of all users, newest first. For those who manage the installation: the caller checks. */
export async function listUsers(query: {
  cursor?: string | undefined;
}): Promise<{ rows: UserRow[]; next: string | null }> {
  const users = await db.user.findMany({
    where: query.cursor ? olderThan(decodeCursor(query.cursor)) : {},
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    select: {
      id: true,
      email: true,
      name: true,
      platformRole: true,
      createdAt: true,
      disabledAt: true,
      memberships: { select: { role: true, project: { select: { slug: true } } } },
    },
  });
  const page = cutPage(users, PAGE_SIZE);
  const rows = page.rows.map(({ memberships, createdAt, disabledAt, ...user }) => ({
    ...user,
    createdAt: createdAt.toISOString(),
    disabledAt: disabledAt?.toISOString() ?? null,
    projects: memberships.map((membership) => ({ slug: membership.project.slug, role: membership.role })),
  }));
  return { rows, next: page.next };
}
