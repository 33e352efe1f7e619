import "server-only";
import { isRemovalOpen } from "@/lib/access-keys/data";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { type Decision, type Lease, replaceSuspension, withLease } from "@/lib/principals/mutations";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

/**
 * Ends the suspension of a principal once no gateway can hold a removed key any more. Does nothing to a principal
 * that is not suspended. Throws UNAVAILABLE before that time, while a key of the principal waits for its removal, or while another
 * holds the lease.
 */
export async function resumePrincipal(principalId: string): Promise<void> {
  const known = await db.principal.findUnique({ where: { id: principalId }, include: { region: true } });
  if (!known?.suspendedUntil) return;
  const outcome = await withLease(
    principalId,
    "Latchkey",
    {
      // Only what is read under the principal's lock counts: another may have suspended it anew.
      async begin(tx, { principal: { suspendedUntil }, now }): Promise<Decision<Date, "suspended" | "not-suspended">> {
        if (!suspendedUntil) return { ok: false, refused: "not-suspended" };
        const isOver = suspendedUntil <= now && !(await isRemovalOpen(tx, principalId));
        return isOver ? { ok: true, write: async () => suspendedUntil } : { ok: false, refused: "suspended" };
      },
    },
    (lease, suspendedUntil) =>
      endSuspension(openProvider(known.region), { ...known, suspendedUntil }, lease, lease.callContext(principalId)),
  );
  if (outcome.lease === "locked") throw new AppError("UNAVAILABLE", "another change holds the lease");
  if (outcome.lease === "refused" && outcome.refused === "suspended")
    throw new AppError("UNAVAILABLE", "still suspended");
}

/** For whoever holds the lease of a principal whose suspension is over. Does nothing when the lease is lost. */
export async function endSuspension(
  provider: Provider,
  principal: { externalId: string; suspendedUntil: Date },
  lease: Lease,
  context: CallContext,
): Promise<void> {
  if (!(await lease.isHeld())) return;
  await provider.resumePrincipal?.(principal.externalId, context);
  await replaceSuspension(lease, principal.suspendedUntil, null);
}
