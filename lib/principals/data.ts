import "server-only";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, lockRows, readDatabaseClock } from "@/lib/platform/db/locks";
import type { Principal } from "@/prisma/generated/client";

/**
 * The principal of a project in a region, made where it is missing. Its name on the storage system comes from the
 * project's id, so that renaming a project moves no data.
 */
export async function ensurePrincipal(projectId: string, regionId: string, tx: Transaction = db): Promise<Principal> {
  await tx.principal.createMany({
    data: [{ projectId, regionId, externalId: `lk-${projectId}` }],
    skipDuplicates: true,
  });
  return tx.principal.findUniqueOrThrow({ where: { projectId_regionId: { projectId, regionId } } });
}

/** A principal's row, locked until the transaction ends, and the database's time after the lock was given. */
export async function lockPrincipal(tx: Transaction, id: string): Promise<{ principal: Principal; now: Date }> {
  await lockRow(tx, "principals", id, "update");
  const principal = await tx.principal.findUniqueOrThrow({ where: { id } });
  return { principal, now: await readDatabaseClock(tx) };
}

/** The rows of principals, locked until the transaction ends, and the database's time after the locks were given. */
export async function lockPrincipals(
  tx: Transaction,
  ids: readonly string[],
): Promise<{ principals: Principal[]; now: Date }> {
  await lockRows(tx, "principals", [...ids]);
  const principals = await tx.principal.findMany({ where: { id: { in: [...ids] } } });
  return { principals, now: await readDatabaseClock(tx) };
}

/** The principals of one look that a sweep has to look at, and where the next look begins; undefined after the last. */
export interface PrincipalsToSweep {
  ids: string[];
  next: string | undefined;
}

/**
 * Looks at `limit` principals by their id, those after `after`. Those with a key that is current or ended within the last
 * `days` are to be swept. Past keys are not read, however many there are: one query with both conditions would read them.
 */
export async function listPrincipalsToSweep(days: number, after: string, limit: number): Promise<PrincipalsToSweep> {
  const since = new Date((await readDatabaseClock(db)).getTime() - days * 24 * 60 * 60 * 1_000);
  const looked = await db.principal.findMany({
    where: { id: { gt: after } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  const principalId = { in: looked.map(({ id }) => id) };
  const current = await db.accessKey.groupBy({ by: ["principalId"], where: { principalId, endedAt: null } });
  const ended = await db.accessKey.groupBy({ by: ["principalId"], where: { principalId, endedAt: { gte: since } } });
  const wanted = new Set([...current, ...ended].map((row) => row.principalId));
  return {
    ids: principalId.in.filter((id) => wanted.has(id)),
    next: looked.length === limit ? principalId.in.at(-1) : undefined,
  };
}

/** The worker's own job for a suspension comes first; after this time it must be missing. Milliseconds. */
const OVERDUE_AFTER_MS = 10_000;

/** Principals whose suspension should have been ended a while ago. By id, those after `after`. */
export async function listOverdueSuspensions(after: string, limit: number): Promise<string[]> {
  const overdue = new Date((await readDatabaseClock(db)).getTime() - OVERDUE_AFTER_MS);
  const rows = await db.principal.findMany({
    where: { id: { gt: after }, suspendedUntil: { lt: overdue } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** The principals of a region. By id, those after `after`. */
export function listPrincipalsOf(
  regionId: string,
  after: string,
  limit: number,
): Promise<{ id: string; externalId: string }[]> {
  return db.principal.findMany({
    where: { regionId, id: { gt: after } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true, externalId: true },
  });
}
