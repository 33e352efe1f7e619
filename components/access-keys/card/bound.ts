/** From here on the wait is worth a reason. */
const NOTABLE_SECONDS = 10;

/** How long a removed key may still work in a region, in words: "within 1 second", "within 5 minutes". */
export function describeBound(seconds: number | null): string {
  if (seconds === null) return "at a time that is not known";
  return `within ${describeDuration(seconds)}`;
}

/** A time in words, rounded up: "1 second", "5 minutes". */
export function describeDuration(seconds: number): string {
  if (seconds <= 1) return "1 second";
  return seconds < 120 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** Why the bound is what it is, as the end of a sentence; empty where it is short. */
export function explainBound(seconds: number | null): string {
  if (seconds === null) return ": the portal's settings for this region do not work";
  return seconds > NOTABLE_SECONDS ? ": this region's gateways cache keys" : "";
}
