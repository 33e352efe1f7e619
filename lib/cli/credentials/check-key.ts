import type { ShortLivedKey, WishedPlace } from "@/lib/cli/credentials/key-cache";
import type { Context } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf } from "@/lib/cli/portal/portal";
import type { KeyDetail } from "@/lib/cli/portal/replies";

/**
 * Asks the portal about a key, and gives the key with the date that it has there. Throws when somebody ended the key or
 * switched it off: a program must not undo that by making the next one.
 */
export async function checkKey(
  { portal }: Context,
  { project }: WishedPlace,
  key: ShortLivedKey,
): Promise<ShortLivedKey> {
  const found = await portal.get<KeyDetail>(pathOf("projects", project, "keys", key.accessKeyId));
  const expirationDate = found.expirationDate ?? key.expirationDate;
  // Nobody but its date ends such a key.
  const isOver = found.endedBy === null && Date.parse(expirationDate) <= Date.now();
  if (found.state === "ACTIVE" || isOver) return { ...key, expirationDate, checkedAt: new Date().toISOString() };
  throw new Failure("notAllowed", describeEnd(found));
}

function describeEnd({ accessKeyId, state, endedBy, endReason }: KeyDetail): string {
  const by = endedBy ? ` by ${endedBy}` : "";
  const why = endReason ? ` (${endReason})` : "";
  const sentences: Record<string, string> = { INACTIVE: "is switched off", RETIRING: "was replaced" };
  const what = sentences[state] ?? `was ended${by}${why}`;
  return `The key ${accessKeyId} ${what} at the portal. For a new key run first: latchkey credentials --forget`;
}
