import type { LastUse } from "@/lib/access-keys/schema";
import type { AccessKey } from "@/prisma/generated/client";

/** What is told of the last use of a key. */
export function composeLastUse({ lastUsedAt, lastUsedAsOf }: Pick<AccessKey, "lastUsedAt" | "lastUsedAsOf">): LastUse {
  return { lastUsedAt: lastUsedAt?.toISOString() ?? null, lastUsedAsOf: lastUsedAsOf?.toISOString() ?? null };
}
