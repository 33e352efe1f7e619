import { ProviderError } from "@/lib/providers/errors";
import { accessKeyIdOf, listCredentials } from "@/lib/providers/keystone/credentials";
import type { IdentityAccess } from "@/lib/providers/keystone/session";
import type { CallContext } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, toFailure } from "@/lib/providers/rgw-admin/admin-ops";

/**
 * Suspends the RGW user that a Keystone project is to RGW. Throws `conflict` when any credential of the project, of
 * whatever user, is not among `accessKeyIds`: it would stop too.
 */
export async function suspendProject(
  access: IdentityAccess & { rgw: AdminAccess },
  projectId: string,
  accessKeyIds: readonly string[],
  context: CallContext,
): Promise<void> {
  // Keystone does not list by project.
  const all = await listCredentials(access, undefined, context);
  const others = all.filter((one) => one.project_id === projectId && !accessKeyIds.includes(accessKeyIdOf(one)));
  if (others.length > 0) {
    throw new ProviderError(
      "conflict",
      `the project has ${others.length} credentials besides, which a suspension would stop too`,
    );
  }
  await setSuspended(access.rgw, projectId, true, context);
}

/** RGW makes its user at a project's first request: where there is none, nothing is suspended and nothing cached. */
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
