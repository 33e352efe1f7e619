import "server-only";
import type { Recipient } from "@/lib/access-keys/rules";
import { can } from "@/lib/gate/permissions";
import type { ProjectScope } from "@/lib/gate/scope";
import type { Transaction } from "@/lib/platform/db/client";

/**
 * The person with this e-mail address, for whom the caller asks for a key. The role of the caller is locked by now. That
 * of the person is not: a key stays when the membership of its person ends, so it may end at this moment too.
 */
export async function findRecipient(
  tx: Transaction,
  { projectId, actor }: ProjectScope,
  email: string,
): Promise<Recipient & { userId: string | null }> {
  const caller = await tx.membership.findUnique({
    where: { projectId_userId: { projectId, userId: actor.userId } },
    select: { role: true },
  });
  const person = await tx.membership.findFirst({
    where: { projectId, user: { email, disabledAt: null } },
    select: { userId: true, role: true },
  });
  return {
    userId: person?.userId ?? null,
    isCaller: person?.userId === actor.userId,
    mayNameOthers: caller !== null && can([caller.role], "keys:issue-for-others"),
    mayIssue: person !== null && can([person.role], "keys:issue"),
  };
}
