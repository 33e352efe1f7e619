import "server-only";
import { createHash } from "node:crypto";
import { isTokenLive, isTokenTouchDue, type TokenTimes } from "@/lib/api-tokens/rules";
import type { FoundProject } from "@/lib/gate/scope";
import { slugSchema } from "@/lib/platform/text/slug";
import { sql } from "@/lib/platform/sql";

export interface TokenUser {
  userId: string;
  name: string;
  email: string;
  platformRole: string | null;
}

/** What is kept of a token. It has 285 random bits: a slow hash would protect nothing more. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/**
 * The person that a token stands for, and the project of that slug beside them, read afresh in one trip. Undefined when
 * the token is unknown, over or revoked, or the account disabled.
 */
export async function readTokenCaller(
  token: string,
  slug: string,
): Promise<{ user: TokenUser; project: FoundProject | undefined } | undefined> {
  const [row] = await sql.$queryRaw<TokenRow[]>`
    SELECT t.id, t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt", t.last_used_at AS "lastUsedAt",
      u.id AS "userId", u.name, u.email, u.platform_role AS "platformRole", u.disabled_at AS "userDisabledAt",
      p.id AS "projectId", p.slug, p.name AS "projectName", p.disabled_at AS "disabledAt", m.role
    FROM api_tokens t JOIN users u ON u.id = t.user_id
      LEFT JOIN projects p ON p.slug = ${slugSchema.safeParse(slug).success ? slug : null}
      LEFT JOIN memberships m ON m.project_id = p.id AND m.user_id = u.id
    WHERE t.hash = ${hashToken(token)}`;
  const now = new Date();
  if (!row || row.userDisabledAt || !isTokenLive(row, now)) return undefined;
  if (isTokenTouchDue(row, now))
    await sql.$queryRaw`UPDATE api_tokens SET last_used_at = ${now}::timestamptz WHERE id = ${row.id}::uuid`;
  const { userId, name, email, platformRole, projectId, projectName, slug: found, disabledAt, role } = row;
  const project = projectId === null ? undefined : { id: projectId, slug: found, name: projectName, disabledAt, role };
  return { user: { userId, name, email, platformRole }, project };
}

/** What is told of a project is null where there is none. */
interface TokenRow extends TokenUser, TokenTimes, Omit<FoundProject, "id"> {
  id: string;
  userDisabledAt: Date | null;
  projectId: string | null;
  projectName: string;
}
