"use server";

import { loadPreview } from "@/lib/bulk-revocations/loaders/preview";
import { retryBulkRevocation, startBulkRevocation } from "@/lib/bulk-revocations/mutations";
import {
  previewInputSchema,
  previewOutputSchema,
  retryInputSchema,
  retryOutputSchema,
  startInputSchema,
  startOutputSchema,
} from "@/lib/bulk-revocations/schema";
import { actionClient, inInstallation } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";

const PERMISSION = "keys:bulk-revoke";

/** Tells which keys a bulk revocation would end. */
export const previewRevocation = actionClient
  .metadata({
    name: "Preview bulk revocation",
    permission: PERMISSION,
    event: "bulk-revocation.previewed",
    limit: CHANGES,
  })
  .inputSchema(previewInputSchema)
  .outputSchema(previewOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput, ctx: { actor } }) => loadPreview(actor, parsedInput));

/** Starts a bulk revocation of the keys of a preview. */
export const startRevocationOfMany = actionClient
  .metadata({ name: "Bulk revoke", permission: PERMISSION, event: "bulk-revocation.started", limit: CHANGES })
  .inputSchema(startInputSchema)
  .outputSchema(startOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { reason, requestId, seen, confirm: _typed, ...choice }, ctx: { actor } }) =>
    startBulkRevocation(actor, { choice, reason, requestId, seen }),
  );

/** Has the failed keys of a bulk revocation tried again. */
export const retryFailedKeys = actionClient
  .metadata({ name: "Retry bulk revocation", permission: PERMISSION, event: "bulk-revocation.retried", limit: CHANGES })
  .inputSchema(retryInputSchema)
  .outputSchema(retryOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { id }, ctx: { actor } }) => retryBulkRevocation(actor, id));
