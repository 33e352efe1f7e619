import type { ReceiptLine } from "@/lib/access-keys/schema";

/**
 * One gateway's part of a receipt in words: "north: refused after 0.2 s", counted from the decision, since until then
 * the key worked. "sampled" says that of the gateways behind one address only those that answered are known.
 * `boundSeconds`, where known, says how long a gateway that still accepts the key may go on doing so.
 */
export function describeReceipt(line: ReceiptLine, boundSeconds?: number | null): string {
  const { unmeasurable, decidedAt, removedAt, firstRefusedAt, lastAcceptedAt } = line;
  const gateway = line.sampled ? `${line.gateway}, sampled` : line.gateway;
  if (firstRefusedAt) {
    const removal = Date.parse(removedAt) - Date.parse(decidedAt);
    const slow = removal >= SLOW_REMOVAL_MS ? ` (the removal took ${formatSeconds(removal)} s)` : "";
    return `${gateway}: refused after ${formatSeconds(Date.parse(firstRefusedAt) - Date.parse(decidedAt))} s${slow}`;
  }
  if (unmeasurable) {
    const end =
      boundSeconds === undefined || boundSeconds === null
        ? ""
        : `; it ends at most ${Math.ceil(boundSeconds)} s after the removal`;
    return `${gateway}: not measurable, ${unmeasurable}${end}`;
  }
  if (!lastAcceptedAt) return `${gateway}: removed, waiting for the first refusal`;
  return `${gateway}: still accepting${boundSeconds === undefined || boundSeconds === null ? "" : `, at most ${Math.max(1, Math.ceil(boundSeconds))} s`}`;
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

/** What is known of keys at all gateways: `none` before there are receipts of every key. */
export function judgeReceipts(
  accessKeyIds: readonly string[],
  receipts: readonly ReceiptLine[],
): "none" | "open" | "refused" | "sampled" | "unmeasurable" {
  const lines = receipts.filter((line) => accessKeyIds.includes(line.accessKeyId));
  if (accessKeyIds.length === 0 || accessKeyIds.some((id) => !lines.some((line) => line.accessKeyId === id)))
    return "none";
  if (!lines.every(isSettled)) return "open";
  if (lines.some((line) => line.firstRefusedAt === null)) return "unmeasurable";
  return lines.some((line) => line.sampled) ? "sampled" : "refused";
}
