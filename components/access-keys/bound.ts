/** From here on the wait is worth a reason. */
const NOTABLE_SECONDS = 10;

/** How long a removed key may still work in a region, in words: "within 1 second", "within 5 minutes". */
export function describeBound(seconds: number): string {
  if (seconds <= 1) return "within 1 second";
  if (seconds < 120) return `within ${Math.ceil(seconds)} seconds`;
  return `within ${Math.ceil(seconds / 60)} minutes`;
}

/** Why the bound is what it is, as the end of a sentence; empty where it is short. */
export function explainBound(seconds: number): string {
  return seconds > NOTABLE_SECONDS ? ": this region's gateways cache keys" : "";
}
