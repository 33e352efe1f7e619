import "server-only";
import { sql } from "@/lib/platform/sql";

export interface OpenReceipt {
  endpoint: string;
  askedAt: Date | null;
}

/** The gateways at which the end of a key is still to be measured, and the database's time. */
export async function listOpenReceipts(keyId: string): Promise<{ receipts: OpenReceipt[]; now: Date }> {
  const rows = await sql.$queryRaw<(OpenReceipt & { now: Date })[]>`
    SELECT endpoint, asked_at AS "askedAt", now() FROM receipts
    WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL AND unmeasurable IS NULL`;
  return { receipts: rows, now: rows[0]?.now ?? new Date() };
}

/** The gateways that have not refused the key: how many are waited for, the names of those that cannot be measured. */
export async function listUnrefused(keyId: string): Promise<{ waiting: number; unmeasured: string[]; now: Date }> {
  const [found] = await sql.$queryRaw<{ waiting: number; unmeasured: string[]; now: Date }[]>`
    SELECT count(*) FILTER (WHERE unmeasurable IS NULL)::int AS waiting, now(),
      COALESCE(array_agg(gateway) FILTER (WHERE unmeasurable IS NOT NULL), '{}') AS unmeasured
    FROM receipts WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL`;
  if (!found) throw new Error("a count has no row");
  return found;
}
