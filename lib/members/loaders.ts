import "server-only";
import { db } from "@/lib/platform/db/client";
import { requireProjectRow } from "@/lib/projects/mutations";

const MEMBERS_MAX = 1_000;

/** The members of a project by e-mail address, 1,000 at most. Throws NOT_FOUND. */
export async function listMembers(slug: string): Promise<{ email: string; name: string; role: string }[]> {
  const { id } = await requireProjectRow(db, slug);
  const memberships = await db.membership.findMany({
    where: { projectId: id },
    orderBy: { user: { email: "asc" } },
    take: MEMBERS_MAX,
    select: { role: true, user: { select: { email: true, name: true } } },
  });
  return memberships.map(({ role, user }) => ({ ...user, role }));
}
