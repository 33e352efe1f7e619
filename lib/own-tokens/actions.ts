"use server";

import { actionClient, inOwnAccountWithPermission } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";
import { createOwnToken, revokeOwnToken } from "@/lib/own-tokens/mutations";
import {
  createTokenInputSchema,
  createTokenOutputSchema,
  revokeTokenInputSchema,
  revokeTokenOutputSchema,
} from "@/lib/own-tokens/schema";

/** Makes a token of the caller. Its reply is the one place where the token is given away. */
export const createAccessToken = actionClient
  .metadata({ name: "Create token", permission: "tokens:own", event: "token.created", limit: CHANGES })
  .inputSchema(createTokenInputSchema)
  .outputSchema(createTokenOutputSchema)
  .useValidated(inOwnAccountWithPermission())
  .action(async ({ parsedInput, ctx: { actor } }) => {
    const created = await createOwnToken(actor, parsedInput);
    return created.ok ? { ok: true as const, token: created.token.reveal(), project: parsedInput.project } : created;
  });

/** Revokes a token of the caller. */
export const revokeAccessToken = actionClient
  .metadata({ name: "Revoke token", permission: "tokens:own", event: "token.revoked", limit: CHANGES })
  .inputSchema(revokeTokenInputSchema)
  .outputSchema(revokeTokenOutputSchema)
  .useValidated(inOwnAccountWithPermission())
  .action(async ({ parsedInput, ctx: { actor } }) => {
    await revokeOwnToken(actor, parsedInput.id);
    return { ok: true as const };
  });
