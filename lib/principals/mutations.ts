import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { db, type Transaction } from "@/lib/platform/db/client";
import { isLeaseHeld, readDatabaseClock } from "@/lib/platform/db/locks";
import { withoutCommit, withTransaction } from "@/lib/platform/db/transaction";
import { isLockTimeout } from "@/lib/platform/db/unavailable";
import { logger } from "@/lib/platform/logger";
import { ensurePrincipal, lockPrincipal } from "@/lib/principals/data";
import {
  LEASE_ANSWER_MAX_AGE_MS,
  LEASE_RENEWAL_MS,
  LEASE_RETRY_MS,
  LEASE_SECONDS,
  LEASE_WAIT_MS,
  LEASE_WORK_MS,
  readLeaseHolder,
} from "@/lib/principals/rules";
import type { CallContext } from "@/lib/providers/provider";
import type { Principal } from "@/prisma/generated/client";

/**
 * The right to write to the storage system for a principal. It exists only inside `withLease`. The fence rises with
 * every lease that is taken or ended early: whoever holds an older number has lost the right.
 */
export interface Lease {
  principalId: string;
  fence: bigint;
  /** Aborts when the work under this lease has taken its 25 s. */
  signal: AbortSignal;
  /** Whether the lease still stands. Asked before every write to the storage system. */
  isHeld: () => Promise<boolean>;
  /** What a call to the storage system under this lease gets. A driver that waits before a write asks `isHeld` again. */
  callContext: (requestId: string) => CallContext;
  /**
   * Locks the principal for the commit of what was done under the lease. Gives its row and the database's time.
   * Undefined when the lease no longer stands.
   */
  lock: (tx: Transaction) => Promise<{ principal: Principal; now: Date } | undefined>;
}

/** What `begin` sees: the principal's row is locked, and the lease will have this fence. */
export interface Beginning {
  principal: Principal;
  fence: bigint;
  /** The database's time. */
  now: Date;
  /** Until when the new lease lasts. */
  until: Date;
}

interface LeaseOptions<Begun, Refused> {
  /** Locks and checks what comes before the principal in the order of locks. It throws to refuse. */
  authorize?: (tx: Transaction) => Promise<unknown>;
  /**
   * Decides whether the work may begin; it only reads. `write` writes ahead in the same transaction, and only when no
   * other holds the lease.
   */
  begin: (tx: Transaction, beginning: Beginning) => Promise<Decision<Begun, Refused>>;
}

/** The decision of `begin`. With `refused`, no lease is taken. */
export type Decision<Begun, Refused> = { ok: true; write: () => Promise<Begun> } | { ok: false; refused: Refused };

/** `locked`: another went on holding the lease while this call waited; nothing was written. */
export type LeaseOutcome<Result, Refused> =
  | { lease: "taken"; result: Result }
  | { lease: "refused"; refused: Refused }
  /** `holder`: in words that a person may read; undefined when nobody knows. */
  | { lease: "locked"; holder: string | undefined };

/**
 * Takes the lease of a principal, runs `work` under it, and releases it. One transaction takes the lease and writes
 * ahead, so that no crash leaves a lease without the record of what it is for. While another holds the lease this call
 * waits up to 5 s. `who` is told to others who wait. The lease is renewed while the work goes on, for at most 25 s.
 */
export async function withLease<Begun, Refused, Result>(
  principalId: string,
  who: string,
  options: LeaseOptions<Begun, Refused>,
  work: (lease: Lease, begun: Begun) => Promise<Result>,
): Promise<LeaseOutcome<Result, Refused>> {
  const attempt = await waitForLease(() => tryToTakeLease(principalId, who, options));
  if (attempt.lease !== "taken") return attempt;
  const { fence, begun } = attempt;
  const renewal = setInterval(() => void renewLease(principalId, fence), LEASE_RENEWAL_MS);
  const signal = AbortSignal.timeout(LEASE_WORK_MS);
  signal.addEventListener("abort", () => clearInterval(renewal));
  try {
    return { lease: "taken", result: await work(composeLease(principalId, fence, signal), begun) };
  } finally {
    clearInterval(renewal);
    await releaseLease(principalId, fence);
  }
}

/** What a dry run decides, and where. */
interface DryRunOptions<Decided> {
  projectId: string;
  regionId: string;
  /** As for a lease. */
  authorize: (tx: Transaction) => Promise<unknown>;
  decide: (tx: Transaction, found: Pick<Beginning, "principal" | "now">) => Promise<Decided>;
}

/**
 * Decides as a change would, and keeps nothing of it: no lease, no line, no principal that was not there. While another
 * holds the lease it waits as a change does.
 */
export async function decideWithoutLease<Decided>({
  projectId,
  regionId,
  authorize,
  decide,
}: DryRunOptions<Decided>): Promise<
  { lease: "free"; decided: Decided } | { lease: "locked"; holder: string | undefined }
> {
  return waitForLease(() =>
    unlessLocked(() =>
      withoutCommit(async (tx) => {
        await authorize(tx);
        const { id } = await ensurePrincipal(projectId, regionId, tx);
        const { principal, now } = await lockPrincipal(tx, id);
        const decided = await decide(tx, { principal, now });
        const holder = readLeaseHolder(principal, now);
        return holder ? { lease: "locked" as const, holder } : { lease: "free" as const, decided };
      }),
    ),
  );
}

/** Tries until no other holds the lease, for up to 5 s. */
async function waitForLease<Tried extends { lease: string }>(attempt: () => Promise<Tried>): Promise<Tried> {
  const waitUntil = Date.now() + LEASE_WAIT_MS;
  let tried = await attempt();
  while (tried.lease === "locked" && Date.now() < waitUntil) {
    await pause(LEASE_RETRY_MS);
    tried = await attempt();
  }
  return tried;
}

/** Many want the same principal, and this call may not get the row's lock in time. */
async function unlessLocked<Tried>(
  attempt: () => Promise<Tried>,
): Promise<Tried | { lease: "locked"; holder: undefined }> {
  try {
    return await attempt();
  } catch (error) {
    if (isLockTimeout(error)) return { lease: "locked", holder: undefined };
    throw error;
  }
}

type Attempt<Begun, Refused> =
  { lease: "taken"; fence: bigint; begun: Begun } | Exclude<LeaseOutcome<never, Refused>, { lease: "taken" }>;

async function tryToTakeLease<Begun, Refused>(
  principalId: string,
  who: string,
  { authorize, begin }: LeaseOptions<Begun, Refused>,
): Promise<Attempt<Begun, Refused>> {
  return unlessLocked(() =>
    withTransaction(async (tx) => {
      await authorize?.(tx);
      const { principal, now } = await lockPrincipal(tx, principalId);
      const fence = principal.fence + 1n;
      const until = new Date(now.getTime() + LEASE_SECONDS * 1_000);
      const decision = await begin(tx, { principal, fence, now, until });
      if (!decision.ok) return { lease: "refused", refused: decision.refused };
      const holder = readLeaseHolder(principal, now);
      if (holder) return { lease: "locked", holder };
      const begun = await decision.write();
      await tx.principal.update({
        where: { id: principalId },
        data: { fence, leaseUntil: until, leaseLabel: who },
        select: { id: true },
      });
      return { lease: "taken", fence, begun };
    }),
  );
}

/**
 * Takes the lease away from whoever holds it, in the transaction that decides why. Gives the new fence. The caller has
 * locked the principal.
 */
export async function endLease(tx: Transaction, principal: Principal): Promise<bigint> {
  const fence = principal.fence + 1n;
  await tx.principal.update({
    where: { id: principal.id },
    data: { fence, leaseUntil: null, leaseLabel: null },
    select: { id: true },
  });
  return fence;
}

/** The same for several principals. The fence of each rises by one. */
export async function endLeases(tx: Transaction, principalIds: readonly string[]): Promise<void> {
  await tx.principal.updateMany({
    where: { id: { in: [...principalIds] } },
    data: { fence: { increment: 1 }, leaseUntil: null, leaseLabel: null },
  });
}

function composeLease(principalId: string, fence: bigint, signal: AbortSignal): Lease {
  const isHeld = async () => {
    for (;;) {
      const asked = performance.now();
      if (!(await isLeaseHeld(db, principalId, fence))) return false;
      // A process that was paused before the answer reached it asks again: the lease may have passed to another.
      if (performance.now() - asked < LEASE_ANSWER_MAX_AGE_MS) return true;
    }
  };
  return {
    principalId,
    fence,
    signal,
    isHeld,
    callContext: (requestId) => ({ signal, requestId, mayWrite: isHeld }),
    async lock(tx) {
      const { principal, now } = await lockPrincipal(tx, principalId);
      const stands = principal.fence === fence && principal.leaseUntil !== null && principal.leaseUntil > now;
      return stands ? { principal, now } : undefined;
    },
  };
}

async function renewLease(principalId: string, fence: bigint): Promise<void> {
  try {
    const now = await readDatabaseClock(db);
    await db.principal.updateMany({
      // A lease that has run out stays so: another may be about to take it.
      where: { id: principalId, fence, leaseUntil: { gt: now } },
      data: { leaseUntil: new Date(now.getTime() + LEASE_SECONDS * 1_000) },
    });
  } catch (error) {
    logger.warn({ err: error, principalId }, "the lease was not renewed");
  }
}

/** Does nothing when the lease has passed to another. A lease that cannot be released runs out by itself. */
async function releaseLease(principalId: string, fence: bigint): Promise<void> {
  try {
    await db.principal.updateMany({
      where: { id: principalId, fence },
      data: { leaseUntil: null, leaseLabel: null },
    });
  } catch (error) {
    logger.warn({ err: error, principalId }, "the lease was not released");
  }
}

/**
 * Writes down, before the storage system is asked, that all keys of the principal may be stopped until a time. An
 * earlier end never replaces a later one. Gives the former end, to be put back when nothing was stopped. Undefined,
 * and nothing is written, when the lease no longer stands.
 */
export async function noteSuspension(lease: Lease, until: Date): Promise<{ before: Date | null } | undefined> {
  return withTransaction(async (tx) => {
    const locked = await lease.lock(tx);
    if (!locked) return undefined;
    const { id, suspendedUntil: before } = locked.principal;
    if (before === null || before < until) {
      await tx.principal.update({ where: { id }, data: { suspendedUntil: until } });
    }
    return { before };
  });
}

/**
 * Keeps a suspension, if there is one, for at least this long from now on. Locks the principal. Gives the database's
 * time and the end of the suspension, null when there is none.
 */
export async function prolongSuspension(
  tx: Transaction,
  principalId: string,
  forMs: number,
): Promise<{ now: Date; suspendedUntil: Date | null }> {
  const { principal, now } = await lockPrincipal(tx, principalId);
  const until = new Date(now.getTime() + forMs);
  const { suspendedUntil } = principal;
  if (suspendedUntil === null || suspendedUntil >= until) return { now, suspendedUntil };
  await tx.principal.update({ where: { id: principalId }, data: { suspendedUntil: until } });
  return { now, suspendedUntil: until };
}

/** Replaces the end of a suspension that was read by another, or by none. Not when the lease has passed to another. */
export async function replaceSuspension(lease: Lease, known: Date, by: Date | null): Promise<void> {
  await db.principal.updateMany({
    where: { id: lease.principalId, fence: lease.fence, suspendedUntil: known },
    data: { suspendedUntil: by },
  });
}
