import "server-only";
import { readTokenUser } from "@/lib/api-tokens/data";
import { readBearer } from "@/lib/api-tokens/rules";
import type { Permission } from "@/lib/gate/permissions";
import { type Limit, SIGN_IN_ADDRESS, takePoint } from "@/lib/gate/rate-limit";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";

/** What every operation of the API must say about itself, as every action does. */
export interface ApiOperation {
  /** As people and the audit log call it. With the action of this name it shares the limit. */
  name: string;
  permission: Permission;
  /** How often one person may do it; none for what only reads. */
  limit?: Limit;
}

/** The person whose token this is, read afresh. Throws UNAUTHENTICATED, and RATE_LIMITED for an address that guesses. */
export async function readTokenActor(authorization: string | undefined, address: string | undefined): Promise<Actor> {
  const token = readBearer(authorization);
  const user = token === undefined ? undefined : await readTokenUser(token);
  if (!user) {
    await takePoint("token-address", SIGN_IN_ADDRESS, address ?? "unknown");
    const userMessage = "The token is missing, unknown, expired or revoked. Nothing was changed.";
    throw new AppError("UNAUTHENTICATED", "no token that stands for anybody", { userMessage });
  }
  return { ...user, address };
}

/** The project with the caller's roles in it, within the operation's limit. Throws NOT_FOUND where it is not theirs. */
export async function admitToProject(actor: Actor, slug: string, operation: ApiOperation): Promise<ProjectScope> {
  const scope = await authorizeProject(actor, slug, operation.permission);
  if (operation.limit) await takePoint(operation.name, operation.limit, actor.userId);
  return scope;
}
