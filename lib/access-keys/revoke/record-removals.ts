import "server-only";
import { noteRemovals, type RevokingKey } from "@/lib/access-keys/data";
import type { RemovedKey } from "@/lib/access-keys/revoke/measure";
import { enqueue } from "@/lib/jobs/queue";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Secret } from "@/lib/platform/secret";
import { prolongSuspension } from "@/lib/principals/mutations";
import type { Provider } from "@/lib/providers/provider";
import { openReceipts } from "@/lib/receipts/data";
import { MEASURE_GRACE_MS } from "@/lib/receipts/rules";

/** A key that the storage system does not have any more. */
export interface ProvedAbsence {
  key: RevokingKey;
  /** The key's secret, where this process measures with it. */
  secret: Secret | undefined;
}

/**
 * Writes down the proved removals of keys of one principal, whoever has the lease by now, and opens a receipt of each for
 * every gateway. A suspension, whichever attempt began it, outlasts what gateways may hold of these keys.
 */
export async function recordRemovals(provider: Provider, proved: readonly ProvedAbsence[]): Promise<RemovedKey[]> {
  const [first] = proved;
  if (!first) return [];
  const { revocationBoundMs, suspends } = provider.capabilities;
  const { principalId, region } = first.key;
  const removedAt = await withTransaction(async (tx) => {
    const bound = revocationBoundMs + MEASURE_GRACE_MS;
    const { now, suspendedUntil } = await prolongSuspension(tx, principalId, bound);
    await noteRemovals(
      tx,
      proved.map(({ key }) => key.id),
      now,
    );
    const facts = { gateways: provider.gateways(), sampled: region.gateways.length === 0 };
    for (const hasSecret of [true, false]) {
      const keys = proved.filter(({ secret }) => (secret !== undefined) === hasSecret);
      const removed = keys.map(({ key }) => ({ id: key.id, removedAt: now }));
      // With a secret this process measures, and no other can.
      if (removed.length > 0) await openReceipts(tx, { ...facts, keys: removed, askedAt: hasSecret ? now : null });
    }
    // A suspension that began before the region's settings changed is found by the worker when it is over.
    if (suspends && suspendedUntil) {
      const startAfterSeconds = Math.ceil((suspendedUntil.getTime() - now.getTime()) / 1_000);
      await enqueue(tx, "resume-principal", { principalId }, principalId, { startAfterSeconds });
    }
    return now;
  });
  return proved.map(({ key: { id, accessKeyId }, secret }) => ({ id, accessKeyId, removedAt, secret }));
}
