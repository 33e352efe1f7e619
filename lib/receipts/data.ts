import "server-only";
import type { Statements } from "@/lib/platform/sql";
import type { Provider } from "@/lib/providers/provider";

/** A gateway at which the end of a key is still to be measured. */
export interface OpenReceipt {
  endpoint: string;
  askedAt: Date | null;
  /** The database's time when this was read. */
  now: Date;
}

/** The gateways that have not refused the key: how many are waited for, the names of those that cannot be measured. */
async function listUnrefused(
  tx: Statements,
  keyId: string,
): Promise<{ waiting: number; unmeasured: string[]; now: Date }> {
  const [found] = await tx.$queryRaw<{ waiting: number; unmeasured: string[]; now: Date }[]>`
    SELECT count(*) FILTER (WHERE unmeasurable IS NULL)::int AS waiting, now(),
      COALESCE(array_agg(gateway) FILTER (WHERE unmeasurable IS NOT NULL), '{}') AS unmeasured
    FROM receipts WHERE key_id = ${keyId}::uuid AND first_refused_at IS NULL`;
  if (!found) throw new Error("a count has no row");
  return found;
}

interface Measured {
  /** Nothing more to wait for: every gateway has refused, or cannot be measured and its bound has passed. */
  over: boolean;
  /** The names of the gateways of which nobody knows when they refused the key. */
  unmeasured: string[];
}

/** What all measurements of a removed key's refusal together say now. */
export async function judgeRefusal(
  tx: Statements,
  provider: Provider,
  key: { id: string; removedAt: Date },
): Promise<Measured> {
  const { waiting, unmeasured, now } = await listUnrefused(tx, key.id);
  const bound = key.removedAt.getTime() + provider.capabilities.revocationBoundMs;
  return { over: waiting === 0 && (unmeasured.length === 0 || now.getTime() >= bound), unmeasured };
}
