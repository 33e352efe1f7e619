import "server-only";
import { decideUsual, isReplaced, type RevokedKey, USUAL_OF } from "@/lib/access-keys/revoke/rules";
import { db } from "@/lib/platform/db/client";
import { listUsualRefusals, noteUsualRefusals } from "@/lib/regions/data";

/** So many keys of a region are looked at: those of one sort may be rare among the last ones. */
const LOOKED_AT = 200;

/**
 * Works out, for every region, how long keys usually work on after their end is decided, and keeps it on the region:
 * pages and polls read no receipts for it. However many keys have ended, it looks at the last ones only.
 */
export async function noteUsual(): Promise<void> {
  for (const { id, ...known } of await listUsualRefusals()) {
    const { replaced, ended } = decideUsual(await listLastRevoked(id));
    if (replaced !== known.replaced || ended !== known.ended) await noteUsualRefusals(id, { replaced, ended });
  }
}

async function listLastRevoked(regionId: string): Promise<RevokedKey[]> {
  const last = await db.accessKey.findMany({
    where: { regionId, state: "REVOKED" },
    orderBy: { endedAt: "desc" },
    take: LOOKED_AT,
    select: { id: true, endReason: true },
  });
  const ids = [true, false].flatMap((replaced) =>
    last
      .filter((key) => isReplaced(key) === replaced)
      .slice(0, USUAL_OF)
      .map(({ id }) => id),
  );
  if (ids.length === 0) return [];
  return db.accessKey.findMany({
    where: { id: { in: ids } },
    select: { endedAt: true, endReason: true, receipts: { select: { firstRefusedAt: true } } },
  });
}
