import "server-only";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRows } from "@/lib/platform/db/locks";

const ADMIN = "platform-admin";

/**
 * Locks these users and every platform admin until the transaction ends, in one order: of several changes of platform
 * admins at once each sees what the one before has done, and none waits in a circle.
 */
export async function lockUsers(tx: Transaction, ids: string[]): Promise<void> {
  const admins = await tx.user.findMany({ where: { platformRole: ADMIN }, select: { id: true } });
  await lockRows(tx, "users", [...new Set([...ids, ...admins.map(({ id }) => id)])]);
}

/** Whether somebody else is platform admin, is enabled and has a password. Call `lockUsers` before. */
export async function hasOtherPlatformAdmin(tx: Transaction, id: string): Promise<boolean> {
  const where = { platformRole: ADMIN, disabledAt: null, passwordHash: { not: null }, id: { not: id } };
  return (await tx.user.findFirst({ where, select: { id: true } })) !== null;
}

/** Ends every session of a person that is not over. */
export async function endSessionsOf(tx: Transaction, userId: string): Promise<void> {
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
}

/** Ends every set-up link of a person that was not used. */
export async function withdrawSetUpLinks(tx: Transaction, userId: string): Promise<void> {
  await tx.setUpLink.updateMany({
    where: { userId, usedAt: null, withdrawnAt: null },
    data: { withdrawnAt: new Date() },
  });
}
