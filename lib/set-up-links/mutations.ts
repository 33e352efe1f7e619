import "server-only";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { hashPassword } from "@/lib/platform/crypto/password";
import { db } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Secret } from "@/lib/platform/secret";
import { findSetUpLink } from "@/lib/set-up-links/data";
import { describeLinkRefusal, findLinkRefusal } from "@/lib/set-up-links/rules";
import type { CheckLinkOutput, LinkRefusal, SetUpOutput } from "@/lib/set-up-links/schema";
import { findWeakness } from "@/lib/users/mutations";

/** Whose link this is, for the person who opened it. Changes nothing. */
export async function checkSetUpLink(secret: Secret, now = new Date()): Promise<CheckLinkOutput> {
  const link = await findSetUpLink(db, secret.reveal());
  const reason = findLinkRefusal(link, now);
  if (!link || reason) return refuse(reason ?? "unknown");
  return { ok: true, email: link.user.email, name: link.user.name };
}

/**
 * The person of a link chooses a password, and can sign in from then on. The link works once: of two uses at the same
 * time the second one is refused. An attempt with a link of this portal is audited also when it is refused.
 */
export async function setUpWithLink(
  secret: Secret,
  next: Secret,
  address: string | undefined,
  now = new Date(),
): Promise<SetUpOutput> {
  const link = await findSetUpLink(db, secret.reveal());
  const reason = findLinkRefusal(link, now);
  if (!link) return refuse("unknown");
  const { email } = link.user;
  if (reason) return refuseAudited(email, address, reason);
  const weakness = await findWeakness(next, email);
  if (weakness) return { ok: false, reason: "weak", message: `${weakness} Nothing was changed.` };
  const passwordHash = await hashPassword(next.reveal());
  const lost = await withTransaction(async (tx) => {
    // Whoever makes another link or disables the user has the same lock.
    await lockRow(tx, "users", link.user.id, "update");
    const found = await findSetUpLink(tx, secret.reveal());
    const meanwhile = findLinkRefusal(found, now);
    if (meanwhile) return meanwhile;
    await tx.setUpLink.update({ where: { id: link.id }, data: { usedAt: now }, select: { id: true } });
    await tx.user.update({ where: { id: link.user.id }, data: { passwordHash }, select: { id: true } });
    const actor = { userId: link.user.id, name: found?.user.name ?? link.user.name, address };
    await recordEvent(tx, { event: "user.set-up", outcome: "done", actor, data: { email } });
    return undefined;
  });
  return lost ? refuseAudited(email, address, lost) : { ok: true, email };
}

async function refuseAudited(email: string, address: string | undefined, reason: LinkRefusal) {
  const actor: AuditActor = { userId: null, name: "Someone", address };
  await withTransaction((tx) =>
    recordEvent(tx, { event: "user.set-up", outcome: "refused", actor, data: { email, reason } }),
  );
  return refuse(reason);
}

const refuse = (reason: LinkRefusal) => ({ ok: false as const, reason, message: describeLinkRefusal(reason) });
