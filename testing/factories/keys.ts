import { randomUUID } from "node:crypto";
import { acknowledgeSecret } from "@/lib/access-keys/issue/acknowledge";
import { disableAccess, type DisableOutcome } from "@/lib/access-keys/revoke/disable";
import { type IssueOutcome, issuePair } from "@/lib/access-keys/issue/issue-key";
import type { ProjectScope } from "@/lib/gate/scope";

export type Issued = Extract<IssueOutcome, { outcome: "issued" }>;

/** An acknowledged pair, made as the portal makes it. */
export async function makeKey(scope: ProjectScope, region: string): Promise<Issued> {
  const issued = await issuePair({ kind: "ENABLE", scope, region, requestId: randomUUID() });
  if (!issued.ok || issued.outcome !== "issued") throw new Error(`not issued: ${JSON.stringify(issued)}`);
  await acknowledgeSecret(scope, issued.change.operationId);
  return issued;
}

/** Decides the end of the project's keys in the region; what is returned carries it out. */
export async function decideEnd(
  scope: ProjectScope,
  region: string,
): Promise<Extract<DisableOutcome, { outcome: "revoking" }>> {
  const disabled = await disableAccess({ scope, region, requestId: randomUUID() });
  if (!disabled.ok || disabled.outcome !== "revoking") throw new Error(`not disabled: ${JSON.stringify(disabled)}`);
  return disabled;
}
