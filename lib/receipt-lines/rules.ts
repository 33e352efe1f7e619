import type { Card, ReceiptLine } from "@/lib/access-keys/schema";

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

/** A bound longer than this is explained. */
const NOTABLE_SECONDS = 10;
/** From here on a time is told in minutes. */
const MINUTES_FROM_SECONDS = 120;

/**
 * How long a removed key may still work in a region, and where it is known, how long keys usually did: "within 5
 * minutes", "after usually 0.2 s, at most 5 minutes". A storage system that is slow to remove keys may take longer than
 * the bound, which counts from the removal: then what was usual is told alone.
 */
export function describeBound(seconds: number | null, usual: number | null = null): string {
  if (seconds === null) return "at a time that is not known";
  if (usual === null) return `within ${describeDuration(seconds)}`;
  const most = usual > Math.max(seconds, 1) ? "" : `, at most ${describeDuration(seconds)}`;
  return `after usually ${describeUsual(usual)}${most}`;
}

/** A measured time: "0.2 s", and from two minutes on in whole minutes. */
export function describeUsual(seconds: number): string {
  return seconds < MINUTES_FROM_SECONDS ? `${formatSeconds(seconds * 1_000)} s` : describeDuration(seconds);
}

/** A duration in words, rounded up to whole seconds, and from two minutes on to whole minutes. */
export function describeDuration(seconds: number): string {
  if (seconds <= 1) return "1 second";
  return seconds < MINUTES_FROM_SECONDS ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** The reason for a long bound, as the end of a sentence. Empty for a short bound. */
export function explainBound(seconds: number | null): string {
  if (seconds === null) return ": the portal's settings for this region do not work";
  return seconds > NOTABLE_SECONDS ? ": this region's gateways cache keys" : "";
}

/** What a change does to a key. */
export type EndingChange = "replaced" | "ended" | "deactivated";

/**
 * How long keys usually worked on after such a change; null where that is not known. Where the end of access stops all
 * keys of the project at once, it does so only when no other key of the project is meant to work. Until then, and when a
 * key is only switched off, gateways keep it as long as one that is replaced.
 */
export function findUsual({ region, others }: Pick<Card, "region" | "others">, change: EndingChange): number | null {
  const { replaced, ended } = region.usualRevocationSeconds;
  if (change === "replaced") return replaced;
  const stopsAll = change === "ended" && others === 0;
  return region.suspends && !stopsAll ? replaced : ended;
}
