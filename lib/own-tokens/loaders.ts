import "server-only";
import { isTokenLive } from "@/lib/api-tokens/rules";
import { TOKEN_SCOPES, type TokenScope } from "@/lib/api-tokens/schema";
import { allowsScope, can } from "@/lib/gate/permissions";
import type { Actor } from "@/lib/gate/scope";
import type { TokenPlace, TokenRow } from "@/lib/own-tokens/schema";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

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

const NAMED_MAX = 20;

/** The one place where the caller may have a token. Throws BAD_INPUT with the names when there are several, or none. */
export async function findOnlyPlace(actor: Actor): Promise<string | null> {
  const [only, ...more] = await listTokenPlaces(actor);
  if (only && more.length === 0) return only.project;
  const names = [only, ...more].flatMap((place) => place?.project ?? []);
  const listed = names.slice(0, NAMED_MAX).join(", ") + (names.length > NAMED_MAX ? ", …" : "");
  const userMessage = only
    ? `You have several projects: ${listed}. Name one; no token was made.`
    : "You may have no token: you may see the keys of no project. No token was made.";
  throw new AppError("BAD_INPUT", "no single place for a token", { userMessage });
}

/** What the token of a program's request is limited to. Throws NOT_FOUND. */
export async function describeOwnToken(
  id: string | undefined,
): Promise<{ name: string; project: string | null; scope: TokenScope; expirationDate: string }> {
  const select = { name: true, scope: true, expiresAt: true, project: { select: { slug: true } } };
  const token = id === undefined ? null : await db.apiToken.findUnique({ where: { id }, select });
  if (!token) throw new AppError("NOT_FOUND", "no such token");
  const { name, scope, expiresAt, project } = token;
  return { name, scope, project: project?.slug ?? null, expirationDate: expiresAt.toISOString() };
}

function scopesOf(roles: readonly string[]): TokenScope[] {
  return TOKEN_SCOPES.filter((scope) => allowsScope(roles, scope));
}
