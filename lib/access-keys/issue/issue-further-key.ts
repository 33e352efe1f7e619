import "server-only";
import { listKeyNames } from "@/lib/access-keys/data";
import type { Deliver } from "@/lib/access-keys/issue/deliver";
import { type IssueOutcome, issueKey } from "@/lib/access-keys/issue/issue-key";
import type { IssueRequest } from "@/lib/access-keys/issue/write-ahead";
import { chooseKeyName, DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { withTransaction } from "@/lib/platform/db/transaction";
import { ensurePrincipal } from "@/lib/principals/data";
import { findRegion } from "@/lib/regions/data";

/**
 * Makes a key in the first free place: the default one, else a named key whose name is the prefix and a number. Refused
 * like `issueKey`, also when no named key may be added.
 */
export async function issueFurtherKey(
  request: Omit<IssueRequest, "kind" | "slot">,
  prefix: string,
  deliver: Deliver,
): Promise<IssueOutcome> {
  const enable = { ...request, kind: "ENABLE" as const };
  const first = await issueKey({ ...enable, slot: DEFAULT_SLOT }, deliver);
  if (first.ok || first.reason !== "already-enabled") return first;
  const region = await findRegion(request.region);
  const { id } = await ensurePrincipal(request.scope.projectId, region.id);
  const names = await withTransaction((tx) => listKeyNames(tx, id));
  // Somebody may take the name meanwhile. Then the change is refused, and nothing was changed.
  return issueKey({ ...enable, slot: chooseKeyName(prefix, names) }, deliver);
}
