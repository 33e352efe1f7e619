"use server";

import { actionClient, inOwnAccount } from "@/lib/gate/action";
import { Secret } from "@/lib/platform/secret";
import { changeOwnPassword } from "@/lib/users/mutations";
import { changePasswordInputSchema, changePasswordOutputSchema } from "@/lib/users/schema";

/** A person changes their own password; their other sessions and their API tokens end. */
export const changePassword = actionClient
  .metadata({
    name: "Change password",
    permission: "account:manage",
    event: "user.password-changed",
    limit: { points: 5, seconds: 15 * 60 },
  })
  .inputSchema(changePasswordInputSchema)
  .outputSchema(changePasswordOutputSchema)
  .useValidated(inOwnAccount())
  .action(async ({ parsedInput, ctx: { actor } }) =>
    changeOwnPassword(
      { ...actor, sessionId: actor.sessionId },
      new Secret(parsedInput.current),
      new Secret(parsedInput.next),
    ),
  );
