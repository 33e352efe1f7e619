import "server-only";
import type { TokenScope } from "@/lib/api-tokens/schema";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

const LISTED_MAX = 500;

export interface TokenLine {
  id: string;
  email: string;
  name: string;
  /** The slug of its project; null when it works in all projects of the person. */
  project: string | null;
  scope: TokenScope;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** The newest tokens of a person, or of everybody, at most 500. Without the tokens themselves. Throws NOT_FOUND. */
export async function listTokens(email?: string): Promise<TokenLine[]> {
  if (email && !(await db.user.findUnique({ where: { email }, select: { id: true } })))
    throw new AppError("NOT_FOUND", "no such user", { userMessage: `There is no user ${email}.` });
  const rows = await db.apiToken.findMany({
    ...(email ? { where: { user: { email } } } : {}),
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: LISTED_MAX,
    select: {
      id: true,
      name: true,
      scope: true,
      createdAt: true,
      expiresAt: true,
      lastUsedAt: true,
      revokedAt: true,
      user: { select: { email: true } },
      project: { select: { slug: true } },
    },
  });
  return rows.map(({ user, project, ...token }) => ({ ...token, email: user.email, project: project?.slug ?? null }));
}
