import "server-only";
import { db } from "@/lib/platform/db/client";
import { createId } from "@/lib/platform/create-id";
import type { Statements } from "@/lib/platform/sql";

interface KnownPrincipal {
  id: string;
  externalId: string;
  suspendedUntil: Date | null;
  fence: bigint;
  /** Who holds its lease; null when it is free. */
  heldBy: string | null;
  /** The transaction's time. */
  now: Date;
}

export interface LockedPrincipal extends KnownPrincipal {
  /** Whether it was not there when this transaction first looked for it; another may have made it. */
  isNew: boolean;
}

/**
 * The principal of a project in a region (by name), made where it is missing, with its row locked until the
 * transaction ends. Its name on the storage system comes from the project's id, so that renaming a project moves no
 * data.
 */
export async function lockPrincipal(tx: Statements, projectId: string, region: string): Promise<LockedPrincipal> {
  const known = await lockKnown(tx, projectId, region);
  if (known) return { ...known, isNew: false };
  await tx.$queryRaw`
    INSERT INTO principals (id, project_id, region_id, external_id)
    SELECT ${createId()}::uuid, ${projectId}::uuid, id, ${`lk-${projectId}`}::text FROM regions WHERE name = ${region}
    ON CONFLICT DO NOTHING`;
  const made = await lockKnown(tx, projectId, region);
  if (!made) throw new Error("the principal just made is not there");
  return { ...made, isNew: true };
}

async function lockKnown(tx: Statements, projectId: string, region: string): Promise<KnownPrincipal | undefined> {
  const [principal] = await tx.$queryRaw<KnownPrincipal[]>`
    SELECT id, external_id AS "externalId", suspended_until AS "suspendedUntil", fence, now(),
      CASE WHEN lease_until > now() THEN COALESCE(lease_label, 'Someone') END AS "heldBy"
    FROM principals
    WHERE project_id = ${projectId}::uuid AND region_id = (SELECT id FROM regions WHERE name = ${region}) FOR UPDATE`;
  return principal;
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

/** Principals whose suspension should have been ended a while ago. By id, those after `after`. */
export async function listOverdueSuspensions(after: string, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM principals
    WHERE id > ${after}::uuid AND suspended_until < now() - interval '10 seconds'
    ORDER BY id LIMIT ${limit}`;
  return rows.map((row) => row.id);
}
