import "server-only";
import type { Transaction } from "@/lib/platform/db/client";
import { db } from "@/lib/platform/db/client";

/**
 * Whether an administrator has closed a region for a project. It stands as long as the project's row is locked, as it is
 * after `assertStillAllowed`.
 */
export async function isRegionClosed(tx: Transaction, projectId: string, regionId: string): Promise<boolean> {
  const { regionsRestricted } = await tx.project.findUniqueOrThrow({
    where: { id: projectId },
    select: { regionsRestricted: true },
  });
  if (!regionsRestricted) return false;
  return (await tx.projectRegion.count({ where: { projectId, regionId } })) === 0;
}

/** The ids of the regions that a project may use; null for all of them. */
export async function readAllowedRegions(projectId: string, tx: Transaction = db): Promise<ReadonlySet<string> | null> {
  const project = await tx.project.findUniqueOrThrow({
    where: { id: projectId },
    select: { regionsRestricted: true, allowedRegions: { select: { regionId: true } } },
  });
  return project.regionsRestricted ? new Set(project.allowedRegions.map(({ regionId }) => regionId)) : null;
}
