import "server-only";
import { sql, type Statements } from "@/lib/platform/sql";

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

/** How a measurement stands: the gateways that wait for a refusal, those that cannot be measured, and the database's time. */
export async function countUnrefused(keyId: string): Promise<{ waiting: number; unmeasurable: number; now: Date }> {
  const [counts] = await sql.$queryRaw<{ waiting: number; unmeasurable: number; now: Date }[]>`
    SELECT count(*) FILTER (WHERE unmeasurable IS NULL)::int AS waiting, count(unmeasurable)::int AS unmeasurable, now()
    FROM receipts WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL`;
  if (!counts) throw new Error("a count has no row");
  return counts;
}

/** The names of the gateways of which nobody knows when they refused the key. */
export async function listUnmeasured(tx: Statements, keyId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ gateway: string }[]>`
    SELECT gateway FROM receipts WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL`;
  return rows.map((row) => row.gateway);
}
