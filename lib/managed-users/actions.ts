"use server";

import { actionClient, inInstallation } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";
import { addUser, changeManagedUser, type LinkOutcome, resetPassword } from "@/lib/managed-users/mutations";
import {
  addUserInputSchema,
  editUserInputSchema,
  oneUserInputSchema,
  userChangedOutputSchema,
  type UserLinkOutput,
  userLinkOutputSchema,
} from "@/lib/managed-users/schema";

/** Adds a user. Its reply is the one place where the set-up link is given away. */
export const addManagedUser = actionClient
  .metadata({ name: "Add user", permission: "installation:manage", event: "user.invited", limit: CHANGES })
  .inputSchema(addUserInputSchema)
  .outputSchema(userLinkOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput, ctx: { actor } }) => showLink(await addUser(actor, parsedInput)));

/** Resets a password. Its reply is the one place where the set-up link is given away. */
export const resetUserPassword = actionClient
  .metadata({ name: "Reset password", permission: "installation:manage", event: "user.password-reset", limit: CHANGES })
  .inputSchema(oneUserInputSchema)
  .outputSchema(userLinkOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { email }, ctx: { actor } }) => showLink(await resetPassword(actor, email)));

/** Changes the name or the role of a user. */
export const editUser = actionClient
  .metadata({ name: "Edit user", permission: "installation:manage", event: "user.changed", limit: CHANGES })
  .inputSchema(editUserInputSchema)
  .outputSchema(userChangedOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { email, ...change }, ctx: { actor } }) =>
    changeManagedUser(actor, email, { kind: "edit", ...change }),
  );

/** Ends every session of a user. */
export const endUserSessions = actionClient
  .metadata({ name: "End sessions", permission: "installation:manage", event: "user.sessions-ended", limit: CHANGES })
  .inputSchema(oneUserInputSchema)
  .outputSchema(userChangedOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { email }, ctx: { actor } }) =>
    changeManagedUser(actor, email, { kind: "end-sessions" }),
  );

/** Disables a user. */
export const disableUser = actionClient
  .metadata({ name: "Disable user", permission: "installation:manage", event: "user.disabled", limit: CHANGES })
  .inputSchema(oneUserInputSchema)
  .outputSchema(userChangedOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { email }, ctx: { actor } }) => changeManagedUser(actor, email, { kind: "disable" }));

/** Enables a user again. */
export const enableUser = actionClient
  .metadata({ name: "Enable user", permission: "installation:manage", event: "user.enabled", limit: CHANGES })
  .inputSchema(oneUserInputSchema)
  .outputSchema(userChangedOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { email }, ctx: { actor } }) => changeManagedUser(actor, email, { kind: "enable" }));

function showLink(outcome: LinkOutcome): UserLinkOutput {
  if (!outcome.ok) return outcome;
  const { url, expiresAt } = outcome.link;
  return { ok: true, email: outcome.email, url: url.reveal(), expirationDate: expiresAt.toISOString() };
}
