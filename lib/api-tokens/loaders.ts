import "server-only";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

const LISTED_MAX = 500;

export interface TokenLine {
  id: string;
  email: string;
  name: string;
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
      createdAt: true,
      expiresAt: true,
      lastUsedAt: true,
      revokedAt: true,
      user: { select: { email: true } },
    },
  });
  return rows.map(({ user, ...token }) => ({ ...token, email: user.email }));
}
