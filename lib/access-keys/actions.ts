"use server";

import { after } from "next/server";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import { retireKey } from "@/lib/access-keys/lifecycle/retire";
import { disableAccess as disable } from "@/lib/access-keys/revoke/disable";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { awaitAcknowledgement } from "@/lib/access-keys/issue/deliver";
import { issueKey, type IssueOutcome } from "@/lib/access-keys/issue/issue-key";
import { readAccessLevel, readDate, slotOf } from "@/lib/access-keys/rules";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import {
  acknowledgeInputSchema,
  acknowledgeOutputSchema,
  activateInputSchema,
  adjustOutputSchema,
  deactivateInputSchema,
  disableInputSchema,
  disableOutputSchema,
  enableInputSchema,
  type IssueOutput,
  issueOutputSchema,
  keepLongerInputSchema,
  regenerateInputSchema,
  retireInputSchema,
  setExpirationInputSchema,
} from "@/lib/access-keys/schema";
import { actionClient, inProject } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";

/** Enables CLI access: makes the first access key of the project in a region. Its reply carries a secret. */
export const enableCliAccess = actionClient
  .metadata({ name: "Enable CLI Access", permission: "keys:issue", event: "key.requested", limit: CHANGES })
  .inputSchema(enableInputSchema)
  .outputSchema(issueOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId, access, expirationDate }, ctx: { scope } }) => {
    const key = { slot: slotOf(name), access: readAccessLevel(access), expiresAt: readDate(expirationDate) };
    const request = { kind: "ENABLE" as const, scope, region, requestId, ...key, overlapSeconds: null };
    return reply(await issueKey(request, awaitAcknowledgement));
  });

/**
 * Makes a new key in place of the current one, which works until the new one is acknowledged. Its reply carries a
 * secret.
 */
export const regenerateKeys = actionClient
  .metadata({ name: "Regenerate Keys", permission: "keys:issue", event: "key.requested", limit: CHANGES })
  .inputSchema(regenerateInputSchema)
  .outputSchema(issueOutputSchema)
  .useValidated(inProject())
  .action(
    async ({ parsedInput: { region, name, requestId, expirationDate, overlapSeconds = null }, ctx: { scope } }) => {
      const key = { slot: slotOf(name), access: "FULL" as const, expiresAt: readDate(expirationDate) };
      const request = { kind: "REGENERATE" as const, scope, region, requestId, ...key, overlapSeconds };
      return reply(await issueKey(request, awaitAcknowledgement));
    },
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

/** Ends a key of the project in a region: the default one, or a named key. */
export const disableAccess = actionClient
  .metadata({ name: "Disable Access", permission: "keys:disable", event: "key.revoking", limit: CHANGES })
  .inputSchema(disableInputSchema)
  .outputSchema(disableOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId, reason, accessKeyId }, ctx: { scope } }) => {
    const outcome = await disable({ scope, region, slot: slotOf(name), requestId, reason, accessKeyId });
    if (!outcome.ok) return outcome;
    if (outcome.outcome === "already-done") return { ...outcome, accessKeyIds: [] };
    const { revoking, ...told } = outcome;
    after(() => startRevocation(revoking));
    return told;
  });

/** Switches the current key off. It can be switched on again. Only where the storage system can switch a single key. */
export const deactivateKey = actionClient
  .metadata({ name: "Deactivate", permission: "keys:disable", event: "key.deactivated", limit: CHANGES })
  .inputSchema(deactivateInputSchema)
  .outputSchema(adjustOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId, reason, accessKeyId }, ctx: { scope } }) => {
    const adjustment = { kind: "DEACTIVATE" as const, reason };
    return adjustKey({ scope, region, slot: slotOf(name), requestId, adjustment, accessKeyId });
  });

/** Switches the current key on again. */
export const activateKey = actionClient
  .metadata({ name: "Activate", permission: "keys:issue", event: "key.activated", limit: CHANGES })
  .inputSchema(activateInputSchema)
  .outputSchema(adjustOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId }, ctx: { scope } }) =>
    adjustKey({ scope, region, slot: slotOf(name), requestId, adjustment: { kind: "ACTIVATE" } }),
  );

/** Sets when the current key expires, or that it never does. An expired key works again with a later date. */
export const setExpiration = actionClient
  .metadata({ name: "Set expiration", permission: "keys:issue", event: "key.expiration-set", limit: CHANGES })
  .inputSchema(setExpirationInputSchema)
  .outputSchema(adjustOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId, expirationDate }, ctx: { scope } }) => {
    const adjustment = { kind: "SET_EXPIRATION" as const, expiresAt: readDate(expirationDate) };
    return adjustKey({ scope, region, slot: slotOf(name), requestId, adjustment });
  });

/** Ends the overlap of a rotation now: the end of the old key is decided. */
export const retireNow = actionClient
  .metadata({ name: "Retire now", permission: "keys:issue", event: "key.revoking", limit: CHANGES })
  .inputSchema(retireInputSchema)
  .outputSchema(adjustOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId }, ctx: { scope } }) => {
    const request = { scope, region, slot: slotOf(name), requestId };
    const { revoking = [], ...told } = await retireKey({ ...request, keepSeconds: null });
    after(() => startRevocation(revoking));
    return told;
  });

/** Keeps the old key of a rotation for longer, counted from now. */
export const keepLonger = actionClient
  .metadata({ name: "Keep longer", permission: "keys:issue", event: "key.kept-longer", limit: CHANGES })
  .inputSchema(keepLongerInputSchema)
  .outputSchema(adjustOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { region, name, requestId, overlapSeconds }, ctx: { scope } }) =>
    retireKey({ scope, region, slot: slotOf(name), requestId, keepSeconds: overlapSeconds }),
  );

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
