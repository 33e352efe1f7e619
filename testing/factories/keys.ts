import { randomUUID } from "node:crypto";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { awaitAcknowledgement } from "@/lib/access-keys/issue/deliver";
import { type IssueOutcome, issueKey } from "@/lib/access-keys/issue/issue-key";
import { disableAccess, type DisableOutcome } from "@/lib/access-keys/revoke/disable";
import { DEFAULT_SLOT, type IssueKind } from "@/lib/access-keys/rules";
import type { ProjectScope } from "@/lib/gate/scope";
import type { AccessLevel } from "@/prisma/generated/client";

export type Issued = Extract<IssueOutcome, { outcome: "issued" }>;

/** What the portal answers a browser that enables or regenerates. */
export function requestKey(
  scope: ProjectScope,
  region: string,
  kind: IssueKind = "ENABLE",
  requestId: string = randomUUID(),
  expiresAt: Date | null = null,
  overlapSeconds: number | null = null,
): Promise<IssueOutcome> {
  const key = { slot: DEFAULT_SLOT, access: "FULL" as const, expiresAt };
  return issueKey({ kind, scope, region, requestId, ...key, overlapSeconds }, awaitAcknowledgement);
}

/** An acknowledged named key, made as the portal makes it. */
export async function addNamedKey(
  scope: ProjectScope,
  region: string,
  slot: string,
  access: AccessLevel = "FULL",
): Promise<Issued> {
  const key = { slot, access, expiresAt: null, overlapSeconds: null };
  const request = { kind: "ENABLE" as const, scope, region, requestId: randomUUID(), ...key };
  const issued = asIssued(await issueKey(request, awaitAcknowledgement));
  await commitKey(scope, issued.change.operationId);
  return issued;
}

/** A key that was sent to a browser and is not acknowledged yet. */
export async function issueUnacknowledged(
  scope: ProjectScope,
  region: string,
  kind: IssueKind = "ENABLE",
): Promise<Issued> {
  return asIssued(await requestKey(scope, region, kind));
}

/** An acknowledged key, made as the portal makes it. */
export async function makeKey(scope: ProjectScope, region: string): Promise<Issued> {
  const issued = await issueUnacknowledged(scope, region);
  await commitKey(scope, issued.change.operationId);
  return issued;
}

/** Decides the end of the project's keys in the region. The ids under `revoking` wait for their removal. */
export async function decideEnd(
  scope: ProjectScope,
  region: string,
): Promise<Extract<DisableOutcome, { outcome: "revoking" }>> {
  const disabled = await disableAccess({ scope, region, slot: DEFAULT_SLOT, requestId: randomUUID() });
  if (!disabled.ok || disabled.outcome !== "revoking") throw new Error(`not disabled: ${JSON.stringify(disabled)}`);
  return disabled;
}

/** The outcome of a change that made a key. Throws on every other outcome. */
export function asIssued(outcome: IssueOutcome): Issued {
  if (!outcome.ok || outcome.outcome !== "issued") throw new Error(`not issued: ${JSON.stringify(outcome)}`);
  return outcome;
}
