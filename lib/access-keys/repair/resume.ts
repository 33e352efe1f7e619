import "server-only";
import { isRemovalOpen } from "@/lib/access-keys/data";
import { ACT_DEADLINE_MS } from "@/lib/operations/rules";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { readDatabaseClock, sql } from "@/lib/platform/sql";
import { holdsLease, type Lease, releaseLease, replaceSuspension, takeLease } from "@/lib/principals/mutations";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

/**
 * Ends the suspension of a principal once no gateway can hold a removed pair any more. Does nothing to one that is
 * not suspended. Throws UNAVAILABLE before that time, while a key of it waits for its removal, or while another
 * holds the lease.
 */
export async function resumePrincipal(principalId: string): Promise<void> {
  const known = await db.principal.findUnique({ where: { id: principalId }, select: { suspendedUntil: true } });
  if (!known?.suspendedUntil) return;
  const taken = await takeLease(sql, principalId, "Latchkey");
  if (!taken.ok) throw new AppError("UNAVAILABLE", "another change holds the lease");
  try {
    // Only what is read under the lease counts: another may have suspended it anew.
    const principal = await db.principal.findUniqueOrThrow({ where: { id: principalId }, include: { region: true } });
    if (!principal.suspendedUntil) return;
    const over = principal.suspendedUntil <= (await readDatabaseClock(sql)) && !(await isRemovalOpen(sql, principalId));
    if (!over) throw new AppError("UNAVAILABLE", "still suspended");
    const context = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId: principalId };
    await endSuspension(
      openProvider(principal.region),
      { ...principal, suspendedUntil: principal.suspendedUntil },
      taken.lease,
      context,
    );
  } finally {
    await releaseLease(sql, taken.lease);
  }
}

/** For whoever holds the lease of a principal whose suspension is over in time. Does nothing when the lease is lost. */
export async function endSuspension(
  provider: Provider,
  principal: { externalId: string; suspendedUntil: Date },
  lease: Lease,
  context: CallContext,
): Promise<void> {
  if (!(await holdsLease(lease))) return;
  await provider.resumePrincipal?.(principal.externalId, context);
  await replaceSuspension(lease, principal.suspendedUntil, null);
}
