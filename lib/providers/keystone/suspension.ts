import { ProviderError } from "@/lib/providers/errors";
import { accessKeyIdOf, listCredentials } from "@/lib/providers/keystone/credentials";
import type { IdentityAccess } from "@/lib/providers/keystone/session";
import type { CallContext } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, toFailure } from "@/lib/providers/rgw-admin/admin-ops";

/**
 * Suspends the RGW user of a Keystone project. Throws `conflict` when the project has a credential, of any user, that
 * is not among `accessKeyIds`, because the suspension would stop that one too.
 */
export async function suspendProject(
  access: IdentityAccess & { rgw: AdminAccess },
  projectId: string,
  accessKeyIds: readonly string[],
  context: CallContext,
): Promise<void> {
  // Keystone cannot list the credentials of a project, so all are read.
  const all = await listCredentials(access, undefined, context);
  const others = all.filter((one) => one.project_id === projectId && !accessKeyIds.includes(accessKeyIdOf(one)));
  if (others.length > 0) {
    throw new ProviderError(
      "conflict",
      `a suspension would also stop ${others.length} credentials that are not the portal's`,
    );
  }
  await setSuspended(access.rgw, projectId, true, context);
}

/**
 * Suspends the project's RGW user or ends its suspension. Does nothing when RGW has no such user: RGW creates it at the
 * project's first request, so there is nothing in a cache either.
 */
export async function setSuspended(
  rgw: AdminAccess,
  projectId: string,
  suspended: boolean,
  context: CallContext,
): Promise<void> {
  const query = { uid: projectId, suspended: suspended ? "True" : "False" };
  const answer = await callAdminOps(rgw, "POST", "user", query, context);
  if (answer.status === 404 && codeOf(answer) === "NoSuchUser") return;
  if (answer.status !== 200) throw toFailure(answer);
}
