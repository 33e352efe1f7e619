import type { ReceiptLine } from "@/lib/access-keys/schema";

/** A removal that takes at least this long is mentioned, because then the storage system was slow and not a gateway. */
const SLOW_REMOVAL_MS = 1_000;

/**
 * One gateway's line of a receipt, such as "north: refused after 0.2 s". The time is counted from the decision to end
 * the key, because the key worked until then. "sampled" means that one address stands for several gateways and only
 * some of them answered. `boundSeconds` is the longest time for which a gateway may accept a removed key, where known.
 */
export function describeReceipt(line: ReceiptLine, boundSeconds?: number | null): string {
  const { unmeasurable, decidedAt, removedAt, firstRefusedAt, lastAcceptedAt } = line;
  const gateway = line.sampled ? `${line.gateway}, sampled` : line.gateway;
  const bound = boundSeconds ?? undefined;
  if (firstRefusedAt) {
    const removal = Date.parse(removedAt) - Date.parse(decidedAt);
    const slow = removal >= SLOW_REMOVAL_MS ? ` (the removal took ${formatSeconds(removal)} s)` : "";
    return `${gateway}: refused after ${formatSeconds(Date.parse(firstRefusedAt) - Date.parse(decidedAt))} s${slow}`;
  }
  if (unmeasurable) {
    const end = bound === undefined ? "" : `; it ends at most ${Math.ceil(bound)} s after the removal`;
    return `${gateway}: not measurable, ${unmeasurable}${end}`;
  }
  if (!lastAcceptedAt) return `${gateway}: removed, waiting for the first refusal`;
  const most = bound === undefined ? "" : `, at most ${Math.max(1, Math.ceil(bound))} s`;
  return `${gateway}: still accepting${most}`;
}

/** One digit after the point, two below a tenth of a second. At least 0.01. */
export function formatSeconds(ms: number): string {
  return ms < 100 ? Math.max(0.01, ms / 1_000).toFixed(2) : (ms / 1_000).toFixed(1);
}

/** Whether the line of a gateway will not change any more. */
export function isSettled(line: ReceiptLine): boolean {
  return line.firstRefusedAt !== null || line.unmeasurable !== null;
}

/**
 * What the receipts say about some keys at all gateways. `missing`: there is not a receipt of every key yet. `open`:
 * some gateway may still accept a key. The others are final.
 */
export type ReceiptsState = "missing" | "open" | "refused" | "sampled" | "unmeasurable";

/** Evaluates the receipts of the given keys. Receipts of other keys are ignored. */
export function evaluateReceipts(accessKeyIds: readonly string[], receipts: readonly ReceiptLine[]): ReceiptsState {
  const lines = receipts.filter((line) => accessKeyIds.includes(line.accessKeyId));
  const isMissing = accessKeyIds.some((id) => !lines.some((line) => line.accessKeyId === id));
  if (accessKeyIds.length === 0 || isMissing) return "missing";
  if (!lines.every(isSettled)) return "open";
  if (lines.some((line) => line.firstRefusedAt === null)) return "unmeasurable";
  return lines.some((line) => line.sampled) ? "sampled" : "refused";
}
