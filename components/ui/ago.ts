const UNITS = [
  ["day", 24 * 60 * 60],
  ["hour", 60 * 60],
  ["minute", 60],
] as const;

/** How long ago a moment was, rounded down: "3 minutes ago". */
export function describeAgo(iso: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(iso)) / 1_000;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return "less than a minute ago";
}
