import type { Card } from "@/lib/access-keys/schema";
import { formatSeconds } from "@/lib/receipt-lines/rules";

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
