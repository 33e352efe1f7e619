import "server-only";
import type { ManagedUser } from "@/lib/managed-users/rules";
import type { Transaction } from "@/lib/platform/db/client";

/** A user as the rules see it. Undefined when no user has the e-mail address. */
export async function readManagedUser(
  tx: Transaction,
  email: string,
): Promise<(ManagedUser & { id: string }) | undefined> {
  const select = { id: true, name: true, platformRole: true, disabledAt: true } as const;
  const user = await tx.user.findUnique({ where: { email }, select });
  if (!user) return undefined;
  const hasPassword = (await tx.user.count({ where: { id: user.id, passwordHash: { not: null } } })) === 1;
  const { id, name, platformRole, disabledAt } = user;
  return { id, name, platformRole, disabled: disabledAt !== null, hasPassword };
}
