import "server-only";
import type { Statements } from "@/lib/platform/sql";

export interface OpenReceipt {
  endpoint: string;
  askedAt: Date | null;
  /** The database's time when this was read. */
  now: Date;
}

/** The gateways at which the end of a key is still to be measured. */
export function listOpenReceipts(tx: Statements, keyId: string): Promise<OpenReceipt[]> {
  return tx.$queryRaw<OpenReceipt[]>`
    SELECT endpoint, asked_at AS "askedAt", now() FROM receipts
    WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL AND unmeasurable IS NULL`;
}

/** The gateways that have not refused the key: how many are waited for, the names of those that cannot be measured. */
export async function listUnrefused(tx: Statements, keyId: string): Promise<{ waiting: number; unmeasured: string[]; now: Date }> {
  const [found] = await tx.$queryRaw<{ waiting: number; unmeasured: string[]; now: Date }[]>`
    SELECT count(*) FILTER (WHERE unmeasurable IS NULL)::int AS waiting, now(),
      COALESCE(array_agg(gateway) FILTER (WHERE unmeasurable IS NOT NULL), '{}') AS unmeasured
    FROM receipts WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL`;
  if (!found) throw new Error("a count has no row");
  return found;
}
