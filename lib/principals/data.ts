import "server-only";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import type { Principal } from "@/prisma/generated/client";

/**
 * The principal of a project in a region, made where it is missing. Its name on the storage system comes from the
 * project's id, so that renaming a project moves no data.
 */
export async function ensurePrincipal(projectId: string, regionId: string): Promise<Principal> {
  await db.principal.createMany({
    data: [{ projectId, regionId, externalId: `lk-${projectId}` }],
    skipDuplicates: true,
  });
  return db.principal.findUniqueOrThrow({ where: { projectId_regionId: { projectId, regionId } } });
}

/** A principal's row, locked until the transaction ends, and the database's time after the lock was given. */
export async function lockPrincipal(tx: Transaction, id: string): Promise<{ principal: Principal; now: Date }> {
  await lockRow(tx, "principals", id, "update");
  const principal = await tx.principal.findUniqueOrThrow({ where: { id } });
  return { principal, now: await readDatabaseClock(tx) };
}

/** Principals with a key that is current or ended within the last `days`: what a sweep has to look at. */
export async function listPrincipalsToSweep(days: number, after: string | undefined, limit: number): Promise<string[]> {
  const since = new Date(Date.now() - days * 24 * 60 * 60 * 1_000);
  const rows = await db.principal.findMany({
    where: {
      ...(after ? { id: { gt: after } } : {}),
      accessKeys: { some: { OR: [{ endedAt: null }, { endedAt: { gte: since } }] } },
    },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
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
