import "server-only";
import type { ProjectScope } from "@/lib/gate/scope";
import type { JoinLine, MemberRow } from "@/lib/members/schema";
import { containsText } from "@/lib/platform/db/contains";
import { cutPage, decodeCursor } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import type { Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 50;

export interface MemberQuery {
  cursor?: string | undefined;
  /** A part of the name or of the e-mail address. */
  search?: string | undefined;
}

/** A page of the members of a project, newest first. The caller checks who may see them. */
export async function listMembers(
  projectId: string,
  { cursor, search }: MemberQuery,
): Promise<{ rows: MemberRow[]; next: string | null }> {
  const memberships = await db.membership.findMany({
    where: { projectId, ...(search ? { user: nameOrEmail(search) } : {}), ...(cursor ? beyond(cursor) : {}) },
    orderBy: [{ createdAt: "desc" }, { userId: "desc" }],
    take: PAGE_SIZE + 1,
    select: {
      userId: true,
      role: true,
      createdAt: true,
      user: { select: { email: true, name: true, disabledAt: true } },
    },
  });
  const page = cutPage(
    memberships.map((membership) => ({ ...membership, id: membership.userId })),
    PAGE_SIZE,
  );
  const rows = page.rows.map(({ role, createdAt, user }) => ({
    email: user.email,
    name: user.name,
    role,
    since: createdAt.toISOString(),
    disabled: user.disabledAt !== null,
  }));
  return { rows, next: page.next };
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const TELL_FOR_MS = 7 * DAY_MS;
const TOLD_MAX = 5;

/**
 * The platform admins that joined the project in the last seven days and that the caller has not been told of, the
 * newest first. Empty for whoever is not admin of the project.
 */
export async function loadJoins(scope: ProjectScope, now = new Date()): Promise<JoinLine[]> {
  const { projectId, actor } = scope;
  if (!scope.roles.includes("admin")) return [];
  const where = { projectId_userId: { projectId, userId: actor.userId } };
  const mine = await db.membership.findUnique({ where, select: { joinsSeenUntil: true } });
  const since = Math.max(now.getTime() - TELL_FOR_MS, mine?.joinsSeenUntil?.getTime() ?? 0);
  const joins = await db.join.findMany({
    where: { projectId, createdAt: { gt: new Date(since) }, userId: { not: actor.userId } },
    orderBy: { createdAt: "desc" },
    take: TOLD_MAX,
    select: { role: true, createdAt: true, user: { select: { name: true } } },
  });
  return joins.map(({ role, createdAt, user }) => ({ name: user.name, role, at: createdAt.toISOString() }));
}

/** As `olderThan`, for a table whose rows are told apart by the user. */
function beyond(cursor: string): Prisma.MembershipWhereInput {
  const { at, id } = decodeCursor(cursor);
  return {
    createdAt: { lte: at },
    OR: [{ createdAt: { lt: at } }, { createdAt: at, userId: { lt: id } }],
  };
}

function nameOrEmail(search: string): Prisma.UserWhereInput {
  const part = containsText(search);
  return { OR: [{ email: part }, { name: part }] };
}
