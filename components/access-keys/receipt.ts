import type { ReceiptLine } from "@/lib/access-keys/schema";

/**
 * One gateway's part of a receipt in words: "north: refused after 0.2 s", counted from the decision, since until then
 * the key worked. `boundSeconds`, where known, says how long a gateway that still accepts the key may go on doing so.
 */
export function describeReceipt(line: ReceiptLine, boundSeconds?: number): string {
  const { gateway, unmeasurable, decidedAt, removedAt, firstRefusedAt, lastAcceptedAt } = line;
  if (firstRefusedAt) {
    const removal = Date.parse(removedAt) - Date.parse(decidedAt);
    const slow = removal >= SLOW_REMOVAL_MS ? ` (the removal took ${formatSeconds(removal)} s)` : "";
    return `${gateway}: refused after ${formatSeconds(Date.parse(firstRefusedAt) - Date.parse(decidedAt))} s${slow}`;
  }
  if (unmeasurable) return `${gateway}: not measurable, ${unmeasurable}`;
  if (!lastAcceptedAt) return `${gateway}: removed, waiting for the first refusal`;
  return `${gateway}: still accepting${boundSeconds === undefined ? "" : `, at most ${Math.max(1, Math.ceil(boundSeconds))} s`}`;
}

/** From here on it is worth a word that the storage system, and not a gateway, was slow. */
const SLOW_REMOVAL_MS = 1_000;

/** Tenths of a second, below one tenth hundredths; never nothing at all. */
function formatSeconds(ms: number): string {
  return ms < 100 ? Math.max(0.01, ms / 1_000).toFixed(2) : (ms / 1_000).toFixed(1);
}

/** Whether a gateway has nothing more to tell. */
export function isSettled(line: ReceiptLine): boolean {
  return line.firstRefusedAt !== null || line.unmeasurable !== null;
}
