import "server-only";
import { readTokenUser, type TokenUser } from "@/lib/api-tokens/data";
import { readBearer } from "@/lib/api-tokens/rules";
import { isChange, isManagement, type Permission } from "@/lib/gate/permissions";
import { auditPlatformRead } from "@/lib/gate/platform-reads";
import {
  ACTIONS_COARSE,
  consumeRateLimit,
  type Limit,
  type LimitStanding,
  SIGN_IN_NETWORK,
} from "@/lib/gate/rate-limit";
import { type Actor, authorizePlatform, findProject, findScope, notFound, type ProjectScope } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";
import { networkOf } from "@/lib/platform/net/client-network";

/** What every operation of the API must declare, as every action does. */
export interface ApiOperation {
  /** The name that people and the audit log use. The action of this name shares the limit. */
  name: string;
  permission: Permission;
  /** How often one person may do it. An operation that only reads has no limit of its own. */
  limit?: Limit;
}

/**
 * The person whose token this is, read afresh. Throws UNAUTHENTICATED, and RATE_LIMITED when a network guesses tokens.
 */
export async function readCaller(authorization: string | undefined, address: string | undefined): Promise<Actor> {
  const token = readBearer(authorization);
  const user = token === undefined ? undefined : await readTokenUser(token);
  return user ? actAs(user, address) : refuseGuess(address);
}

/** The person of a token, as the caller of this request. */
export function actAs(user: TokenUser, address: string | undefined): Actor {
  return { ...user, address, via: `token:${user.tokenId}` };
}

/** Counts a token that stands for nobody. Throws UNAUTHENTICATED, and RATE_LIMITED when a network guesses tokens. */
export async function refuseGuess(address: string | undefined): Promise<never> {
  await consumeRateLimit("token-network", SIGN_IN_NETWORK, networkOf(address ?? "unknown"));
  const userMessage = "The token is missing, unknown, expired or revoked. Nothing was changed.";
  throw new AppError("UNAUTHENTICATED", "no token that stands for anybody", { userMessage });
}

/**
 * The project with the caller's roles in it, and how the operation's limit stands, if it has one. Consumes a point of the
 * person's coarse limit and one of the operation's. Throws RATE_LIMITED, NOT_FOUND where the caller or the token may not
 * see the project, and FORBIDDEN where the scope of the token does not allow it.
 */
export async function admitToProject(
  actor: Actor,
  slug: string,
  operation: ApiOperation,
): Promise<{ scope: ProjectScope; standing: LimitStanding | undefined }> {
  await consumeRateLimit("actions", ACTIONS_COARSE, actor.userId);
  const scope = findScope(actor, await findProject(actor.userId, slug), operation.permission);
  if (!scope) throw notFound("project");
  assertScope(actor, operation);
  if (!isChange(operation.permission)) await auditPlatformRead(scope, operation.permission);
  const { name, limit } = operation;
  return { scope, standing: limit ? await consumeRateLimit(name, limit, actor.userId) : undefined };
}

/** For operations on what is the caller's own. Consumes a point of the person's coarse limit. Throws RATE_LIMITED. */
export async function admitPerson(actor: Actor): Promise<void> {
  await consumeRateLimit("actions", ACTIONS_COARSE, actor.userId);
}

/**
 * For operations across projects; tells how the operation's limit stands, if it has one. Throws RATE_LIMITED, NOT_FOUND
 * where no platform role allows the operation or the token is one of a project, and FORBIDDEN where the scope of the
 * token does not allow it.
 */
export async function admitToPlatform(actor: Actor, operation: ApiOperation): Promise<LimitStanding | undefined> {
  await admitPerson(actor);
  authorizePlatform(actor, operation.permission);
  assertScope(actor, operation);
  const { name, limit } = operation;
  return limit ? consumeRateLimit(name, limit, actor.userId) : undefined;
}

/** Throws FORBIDDEN when the scope of the token does not allow the operation. */
function assertScope({ limits }: Actor, { permission }: ApiOperation): void {
  if (!limits || limits.scope === "manage" || !isChange(permission)) return;
  if (limits.scope === "write" && !isManagement(permission)) return;
  const may = limits.scope === "write" ? "read and change keys, and nothing else" : "only read";
  const needed = isManagement(permission) ? "manage" : "write";
  const userMessage = `This token may ${may}. Nothing was changed. Use a token with the scope ${needed}.`;
  throw new AppError("FORBIDDEN", "a token with too narrow a scope", { userMessage });
}
