import "server-only";
import { isTokenLive } from "@/lib/api-tokens/rules";
import { TOKEN_SCOPES, type TokenScope } from "@/lib/api-tokens/schema";
import { can, mayChangeKeys } from "@/lib/gate/permissions";
import type { Actor } from "@/lib/gate/scope";
import type { TokenPlace, TokenRow } from "@/lib/own-tokens/schema";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";

const PAGE_SIZE = 50;
const PLACES_MAX = 200;

/** A page of the caller's own tokens, newest first. Without the tokens themselves. */
export async function listOwnTokens(
  { userId }: Actor,
  query: { cursor?: string | undefined },
): Promise<{ rows: TokenRow[]; next: string | null }> {
  const tokens = await db.apiToken.findMany({
    where: { userId, ...(query.cursor ? olderThan(decodeCursor(query.cursor)) : {}) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    select: {
      id: true,
      name: true,
      scope: true,
      createdAt: true,
      expiresAt: true,
      lastUsedAt: true,
      revokedAt: true,
      project: { select: { slug: true, name: true } },
    },
  });
  const page = cutPage(tokens, PAGE_SIZE);
  const now = new Date();
  const rows = page.rows.map((token) => ({
    id: token.id,
    name: token.name,
    project: token.project,
    scope: token.scope,
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    state: token.revokedAt
      ? ("revoked" as const)
      : isTokenLive(token, now)
        ? ("active" as const)
        : ("expired" as const),
  }));
  return { rows, next: page.next };
}

/** Where the caller may have a token: their projects by name, and first every project for a platform role. */
export async function listTokenPlaces({ userId, platformRole }: Actor): Promise<TokenPlace[]> {
  const memberships = await db.membership.findMany({
    where: { userId, project: { disabledAt: null } },
    orderBy: { project: { name: "asc" } },
    take: PLACES_MAX,
    select: { role: true, project: { select: { slug: true, name: true } } },
  });
  const platform = platformRole ? [platformRole] : [];
  const everywhere = { project: null, name: "All projects", roles: platform };
  const projects = memberships.map(({ role, project }) => ({
    project: project.slug,
    name: project.name,
    roles: [role, ...platform],
  }));
  return [everywhere, ...projects]
    .filter(({ roles }) => can(roles, "tokens:own"))
    .map(({ roles, ...place }) => ({ ...place, scopes: scopesOf(roles) }));
}

function scopesOf(roles: readonly string[]): TokenScope[] {
  return TOKEN_SCOPES.filter((scope) => scope === "read" || mayChangeKeys(roles));
}
