import type { Card, LastUse } from "@/lib/access-keys/schema";

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

/** What is known of the last use of a key. `silent`: not used, at a moment when the storage system was asked. */
export type KnownUse =
  { kind: "used"; at: string } | { kind: "silent"; asOf: string } | { kind: "unknown" } | { kind: "untold" };

/** What is known of the last use of a key. `tells`: whether the storage system tells that. */
export function readLastUse({ lastUsedAt, lastUsedAsOf }: LastUse, tells: boolean): KnownUse {
  if (lastUsedAt !== null) return { kind: "used", at: lastUsedAt };
  if (!tells) return { kind: "untold" };
  return lastUsedAsOf === null ? { kind: "unknown" } : { kind: "silent", asOf: lastUsedAsOf };
}

/** What is known of the use of an old key since another one took its place. */
export function readOverlapUse({ since, ...use }: NonNullable<Card["retiring"]>): KnownUse {
  const isSince = (iso: string | null): iso is string => iso !== null && Date.parse(iso) > Date.parse(since);
  if (isSince(use.lastUsedAt)) return { kind: "used", at: use.lastUsedAt };
  return isSince(use.lastUsedAsOf) ? { kind: "silent", asOf: use.lastUsedAsOf } : { kind: "unknown" };
}
