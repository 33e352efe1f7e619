import type { Card } from "@/lib/access-keys/schema";

/** What happens to a key of a region at its expiration date. `isRemoved`: it is removed, whatever the region could do. */
export function describeEnd(
  { switches }: Pick<Card["region"], "switches">,
  isNamed: boolean,
  isRemoved = false,
): string {
  if (switches && !isRemoved) return "At that time the key is switched off. A later date switches it on again.";
  return isNamed
    ? "At that time the key is removed. A key with its name can be added again."
    : "At that time the key is removed. Enabling CLI access again makes a new one.";
}

const NEAR_SECONDS = 14 * 24 * 60 * 60;

/** "in 3 days", rounded down, from two weeks before the date on. Undefined earlier, and when the date has passed. */
export function describeNearEnd(seconds: number | null): string | undefined {
  if (seconds === null || seconds <= 0 || seconds > NEAR_SECONDS) return undefined;
  const units = [
    ["day", 24 * 60 * 60],
    ["hour", 60 * 60],
    ["minute", 60],
  ] as const;
  for (const [unit, length] of units) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `in ${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return "within a minute";
}
