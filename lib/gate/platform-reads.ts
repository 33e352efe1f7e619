import "server-only";
import { recordEvent } from "@/lib/audit/record";
import { type Permission, restsOnPlatformRole } from "@/lib/gate/permissions";
import { consumeRateLimit, PLATFORM_READS } from "@/lib/gate/rate-limit";
import type { ProjectScope } from "@/lib/gate/scope";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";

/**
 * Audits that a person reads a project by a platform role alone. One line an hour for each person and project: a page
 * asks many times. Who may not leave this line reads nothing: throws UNAVAILABLE.
 */
export async function auditPlatformRead(scope: ProjectScope, permission: Permission): Promise<void> {
  const { actor, projectId, slug, roles } = scope;
  if (!restsOnPlatformRole(roles, permission)) return;
  try {
    await consumeRateLimit("platform-reads", PLATFORM_READS, `${actor.userId}:${projectId}`);
  } catch (error) {
    if (error instanceof AppError && error.code === "RATE_LIMITED") return;
    throw error;
  }
  const { userId, name, address, via } = actor;
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "project.read",
      outcome: "done",
      actor: { userId, name, address, via },
      projectId,
      data: { slug },
    }),
  );
}
