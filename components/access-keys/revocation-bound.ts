/** A bound longer than this is explained. */
const NOTABLE_SECONDS = 10;

/** How long a removed key may still work in a region: "within 1 second", "within 5 minutes". */
export function describeBound(seconds: number | null): string {
  if (seconds === null) return "at a time that is not known";
  return `within ${describeDuration(seconds)}`;
}

/** A duration in words, rounded up to whole seconds, and from two minutes on to whole minutes. */
export function describeDuration(seconds: number): string {
  if (seconds <= 1) return "1 second";
  return seconds < 120 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** The reason for a long bound, as the end of a sentence. Empty for a short bound. */
export function explainBound(seconds: number | null): string {
  if (seconds === null) return ": the portal's settings for this region do not work";
  return seconds > NOTABLE_SECONDS ? ": this region's gateways cache keys" : "";
}
