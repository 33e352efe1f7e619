"use server";

import { after } from "next/server";
import { disableAccess as disable } from "@/lib/access-keys/revoke/disable";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { awaitAcknowledgement } from "@/lib/access-keys/issue/deliver";
import { issueKey, type IssueOutcome } from "@/lib/access-keys/issue/issue-key";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import {
  acknowledgeInputSchema,
  acknowledgeOutputSchema,
  disableInputSchema,
  disableOutputSchema,
  enableInputSchema,
  type IssueOutput,
  issueOutputSchema,
  regenerateInputSchema,
} from "@/lib/access-keys/schema";
import { actionClient, inProject } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";

/** Enables CLI access: makes the first access key of the project in a region. Its reply carries a secret. */
export const enableCliAccess = actionClient
  .metadata({ name: "Enable CLI Access", permission: "keys:issue", event: "key.requested", limit: CHANGES })
  .inputSchema(enableInputSchema)
  .outputSchema(issueOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, requestId }, ctx: { scope } }) =>
    reply(await issueKey({ kind: "ENABLE", scope, region, requestId }, awaitAcknowledgement)),
  );

/**
 * Makes a new key in place of the current one, which works until the new one is acknowledged. Its reply carries a
 * secret.
 */
export const regenerateKeys = actionClient
  .metadata({ name: "Regenerate Keys", permission: "keys:issue", event: "key.requested", limit: CHANGES })
  .inputSchema(regenerateInputSchema)
  .outputSchema(issueOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, requestId }, ctx: { scope } }) =>
    reply(await issueKey({ kind: "REGENERATE", scope, region, requestId }, awaitAcknowledgement)),
  );

/** Says that the secret has arrived: the new key becomes the current one. May be called again. */
export const acknowledgeSecret = actionClient
  .metadata({
    name: "Acknowledge secret",
    permission: "keys:issue",
    event: "key.committed",
    limit: { points: 200, seconds: 60 },
  })
  .inputSchema(acknowledgeInputSchema)
  .outputSchema(acknowledgeOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput, ctx: { scope } }) => {
    const outcome = await commitKey(scope, parsedInput.operationId);
    if (!outcome.ok) return outcome;
    after(() => startRevocation(outcome.revoking));
    return { ok: true as const };
  });

/** Ends every key of the project in a region. */
export const disableAccess = actionClient
  .metadata({ name: "Disable Access", permission: "keys:disable", event: "key.revoking", limit: CHANGES })
  .inputSchema(disableInputSchema)
  .outputSchema(disableOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, requestId, reason }, ctx: { scope } }) => {
    const outcome = await disable({ scope, region, requestId, reason });
    if (!outcome.ok) return outcome;
    if (outcome.outcome === "already-done") return { ...outcome, accessKeyIds: [] };
    const { revoking, ...told } = outcome;
    after(() => startRevocation(revoking));
    return told;
  });

/** The one place where a browser is given the secret. */
function reply(outcome: IssueOutcome): IssueOutput {
  if (!outcome.ok || outcome.outcome === "already-done") return outcome;
  const { change, secret } = outcome;
  return {
    ok: true,
    outcome: "issued",
    operationId: change.operationId,
    accessKeyId: change.accessKeyId,
    secretAccessKey: secret.reveal(),
    endpoint: change.region.endpoint,
    region: change.region.name,
    signingRegion: change.region.signingRegion,
  };
}
