import type { Permission } from "@/lib/gate/permissions";
import { type Actor, assertPlatformStillAllowed } from "@/lib/gate/scope";
import type { Transaction } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";

/**
 * Runs a change of the installation in one transaction, which reads the caller and the platform role again first.
 * `change` records the audit event. Throws NOT_FOUND when the permission has been taken away since the gate checked it.
 */
export async function changeInstallation<T>(
  actor: Actor,
  permission: Permission,
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return withTransaction(async (tx) => {
    await assertPlatformStillAllowed(tx, actor, permission);
    return change(tx);
  });
}
