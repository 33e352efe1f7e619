import "server-only";
import { sql, type Statements, transact } from "@/lib/platform/sql";

/**
 * How long a lease lasts. Longer than everything done under one: a call's deadline is 8 s, and the steps of a
 * change under one lease are bounded to 25 s.
 */
export const LEASE_SECONDS = 30;

/** How old an answer may be that says that a lease stands. Milliseconds. */
const FRESH_MS = 1_000;

/** How long a lease that was just taken or renewed need not be asked for. Milliseconds. */
const NEW_MS = 50;

export interface Lease {
  principalId: string;
  /** Rises with every lease taken; who holds an older number has lost. */
  fence: bigint;
  /** When this process asked for it, or for its renewal, by `performance.now()`. */
  askedAt: number;
}

/**
 * Takes the right to write to the storage system for a principal, or tells who has it. With `preempt` it is taken
 * from whoever has it: their fence is stale from then on. The database's clock counts, since several processes do.
 */
export async function takeLease(
  tx: Statements,
  principalId: string,
  label: string,
  options: { preempt?: boolean } = {},
): Promise<{ ok: true; lease: Lease } | { ok: false; heldBy: string }> {
  const preempt = options.preempt ?? false;
  const askedAt = performance.now();
  const [taken] = await tx.$queryRaw<{ fence: bigint }[]>`
    UPDATE principals
    SET fence = fence + 1, lease_until = now() + make_interval(secs => ${LEASE_SECONDS}), lease_label = ${label}
    WHERE id = ${principalId}::uuid AND (${preempt} OR lease_until IS NULL OR lease_until <= now())
    RETURNING fence`;
  if (taken) return { ok: true, lease: { principalId, fence: taken.fence, askedAt } };
  const [holder] = await tx.$queryRaw<{ label: string | null }[]>`
    SELECT lease_label AS label FROM principals WHERE id = ${principalId}::uuid`;
  return { ok: false, heldBy: holder?.label ?? "Someone" };
}

/** Lets a lease that the caller has locked last anew, for what is begun now under it. */
export async function renewLease(tx: Statements, lease: Lease): Promise<Lease> {
  const askedAt = performance.now();
  await tx.$queryRaw`
    UPDATE principals SET lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = ${lease.principalId}::uuid AND fence = ${lease.fence}`;
  return { ...lease, askedAt };
}

/** Gives the lease back. Does nothing when it has passed to another. */
export async function releaseLease(tx: Statements, lease: Lease): Promise<void> {
  await tx.$queryRaw`
    UPDATE principals SET lease_until = NULL, lease_label = NULL
    WHERE id = ${lease.principalId}::uuid AND fence = ${lease.fence}`;
}

/**
 * Whether the lease still stands; asked before every write to the storage system. An answer that took long is old: who
 * was stopped until it had come asks again, since the lease may have passed to another meanwhile.
 */
export async function holdsLease(lease: Lease): Promise<boolean> {
  for (;;) {
    const asked = performance.now();
    const [held] = await sql.$queryRaw<{ id: string }[]>`
      SELECT id FROM principals
      WHERE id = ${lease.principalId}::uuid AND fence = ${lease.fence} AND lease_until > now()`;
    if (!held) return false;
    if (performance.now() - asked < FRESH_MS) return true;
  }
}

/**
 * The same for whoever has waited for nothing but the database since the lease was taken or renewed: for a moment that is
 * news enough.
 */
export async function holdsNewLease(lease: Lease): Promise<boolean> {
  return performance.now() - lease.askedAt < NEW_MS || holdsLease(lease);
}

/**
 * Locks the principal's row for the commit of what was done under the lease, and gives the transaction's time.
 * Undefined when the lease no longer stands.
 */
export async function lockLease(tx: Statements, lease: Lease): Promise<Date | undefined> {
  const [held] = await tx.$queryRaw<{ now: Date }[]>`
    SELECT now() FROM principals
    WHERE id = ${lease.principalId}::uuid AND fence = ${lease.fence} AND lease_until > now() FOR UPDATE`;
  return held?.now;
}

/**
 * Writes down, before the storage system is asked, that all keys of the principal may be stopped until a time. An
 * earlier end is never put in place of a later one. Gives what stood there before, to be put back when nothing was
 * stopped; undefined, and nothing is written, when the lease no longer stands.
 */
export async function noteSuspension(lease: Lease, until: Date): Promise<{ before: Date | null } | undefined> {
  return transact(async (tx) => {
    if (!(await lockLease(tx, lease))) return undefined;
    const [known] = await tx.$queryRaw<{ before: Date | null }[]>`
      SELECT suspended_until AS before FROM principals WHERE id = ${lease.principalId}::uuid`;
    await prolongOrBegin(tx, lease.principalId, until);
    return { before: known?.before ?? null };
  });
}

async function prolongOrBegin(tx: Statements, principalId: string, until: Date): Promise<void> {
  await tx.$queryRaw`
    UPDATE principals SET suspended_until = GREATEST(suspended_until, ${until}::timestamptz) WHERE id = ${principalId}::uuid`;
}

/**
 * What a proved removal changes of its principal, in one statement that locks the row, whoever has the lease by now: the
 * lease is given back, and a suspension that may stand lasts for at least so long from now on. Gives the transaction's
 * time and the end of the suspension, null when there is none.
 */
export async function endRemoval(
  tx: Statements,
  lease: Lease,
  suspendedForMs: number,
): Promise<{ now: Date; suspendedUntil: Date | null }> {
  const [principal] = await tx.$queryRaw<{ now: Date; suspendedUntil: Date | null }[]>`
    UPDATE principals SET
      lease_until = CASE WHEN fence <> ${lease.fence}::bigint THEN lease_until END,
      lease_label = CASE WHEN fence <> ${lease.fence}::bigint THEN lease_label END,
      suspended_until = CASE WHEN suspended_until IS NOT NULL
        THEN GREATEST(suspended_until, now() + make_interval(secs => ${suspendedForMs / 1_000})) END
    WHERE id = ${lease.principalId}::uuid
    RETURNING now(), suspended_until AS "suspendedUntil"`;
  if (!principal) throw new Error(`there is no principal ${lease.principalId}`);
  return principal;
}

/** Puts another end of a suspension, or none, in the place of the one that was read; not when the lease is another's. */
export async function replaceSuspension(lease: Lease, known: Date, by: Date | null): Promise<void> {
  await sql.$queryRaw`
    UPDATE principals SET suspended_until = ${by}::timestamptz
    WHERE id = ${lease.principalId}::uuid AND fence = ${lease.fence} AND suspended_until = ${known}::timestamptz`;
}
