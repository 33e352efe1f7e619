import type { Card, LastUse } from "@/lib/access-keys/schema";

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
