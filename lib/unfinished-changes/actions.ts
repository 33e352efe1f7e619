"use server";

import { actionClient, inInstallation } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";
import { retryUnfinished } from "@/lib/unfinished-changes/mutations";
import { retryInputSchema, retryOutputSchema } from "@/lib/unfinished-changes/schema";

/** Has the worker try an unfinished change now. */
export const retryChange = actionClient
  .metadata({ name: "Retry", permission: "installation:manage", event: "operation.retried", limit: CHANGES })
  .inputSchema(retryInputSchema)
  .outputSchema(retryOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { id }, ctx: { actor } }) => retryUnfinished(actor, id));
