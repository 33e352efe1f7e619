import "server-only";
import { readTokenCaller } from "@/lib/api-tokens/data";
import { readBearer } from "@/lib/api-tokens/rules";
import { networkOf } from "@/lib/gate/client-network";
import type { Permission } from "@/lib/gate/permissions";
import { ACTIONS_COARSE, type Limit, SIGN_IN_NETWORK, takePoint, takePoints } from "@/lib/gate/rate-limit";
import { type Actor, type FoundProject, notFound, type ProjectScope, findScope } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";

/** What every operation of the API must say about itself, as every action does. */
export interface ApiOperation {
  /** As people and the audit log call it. With the action of this name it shares the limit. */
  name: string;
  permission: Permission;
  /** How often one person may do it; none for what only reads. */
  limit?: Limit;
}

/** Whoever calls, and the project that they call for, as they were read together. */
export interface ApiCaller {
  actor: Actor;
  project: FoundProject | undefined;
}

/** The person whose token this is, read afresh. Throws UNAUTHENTICATED, and RATE_LIMITED for a network that guesses. */
export async function readCaller(
  authorization: string | undefined,
  address: string | undefined,
  slug: string,
): Promise<ApiCaller> {
  const token = readBearer(authorization);
  const found = token === undefined ? undefined : await readTokenCaller(token, slug);
  if (!found) {
    await takePoint("token-network", SIGN_IN_NETWORK, networkOf(address ?? "unknown"));
    const userMessage = "The token is missing, unknown, expired or revoked. Nothing was changed.";
    throw new AppError("UNAUTHENTICATED", "no token that stands for anybody", { userMessage });
  }
  return { actor: { ...found.user, address }, project: found.project };
}

/**
 * The project with the caller's roles in it, within the limits of all that one person does and of the operation. Throws
 * RATE_LIMITED, and NOT_FOUND where the project is not theirs.
 */
export async function admitToProject({ actor, project }: ApiCaller, operation: ApiOperation): Promise<ProjectScope> {
  const { name, permission, limit } = operation;
  const scope = findScope(actor, project, permission);
  const all = { name: "actions", limit: ACTIONS_COARSE };
  await takePoints(scope && limit ? [all, { name, limit }] : [all], actor.userId);
  if (!scope) throw notFound("project");
  return scope;
}
