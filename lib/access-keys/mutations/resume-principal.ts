import "server-only";
import { ACT_DEADLINE_MS } from "@/lib/operations/rules";
import { db, readDatabaseClock } from "@/lib/platform/db";
import { AppError } from "@/lib/platform/errors";
import { releaseLease, takeLease } from "@/lib/principals/mutations";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

/**
 * Ends the suspension of a principal once no gateway can hold a removed pair any more. Does nothing to one that is
 * not suspended. Throws UNAVAILABLE before that time, or while another holds the lease.
 */
export async function resumePrincipal(principalId: string): Promise<void> {
  const principal = await db.principal.findUnique({ where: { id: principalId }, include: { region: true } });
  if (!principal?.suspendedUntil) return;
  if (principal.suspendedUntil > (await readDatabaseClock(db))) throw new AppError("UNAVAILABLE", "still suspended");
  const taken = await db.$transaction((tx) => takeLease(tx, principalId, "Latchkey"));
  if (!taken.ok) throw new AppError("UNAVAILABLE", "another change holds the lease");
  try {
    const context = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId: principalId };
    await endSuspension(openProvider(principal.region), principal, context);
  } finally {
    await releaseLease(db, taken.lease);
  }
}

/** For whoever holds the lease of a principal whose suspension is over in time. */
export async function endSuspension(
  provider: Provider,
  principal: { id: string; externalId: string },
  context: CallContext,
): Promise<void> {
  await provider.resumePrincipal?.(principal.externalId, context);
  await db.principal.update({ where: { id: principal.id }, data: { suspendedUntil: null } });
}
