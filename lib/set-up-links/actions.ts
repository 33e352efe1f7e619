"use server";

import { strangerClient } from "@/lib/gate/stranger-action";
import { Secret } from "@/lib/platform/secret";
import { checkSetUpLink, setUpWithLink } from "@/lib/set-up-links/mutations";
import {
  checkLinkInputSchema,
  checkLinkOutputSchema,
  setUpInputSchema,
  setUpOutputSchema,
} from "@/lib/set-up-links/schema";

/** Tells the person who opened a set-up link whose it is, or why it does not work. */
export const checkLink = strangerClient
  .metadata({ name: "Open a set-up link" })
  .inputSchema(checkLinkInputSchema)
  .outputSchema(checkLinkOutputSchema)
  .action(async ({ parsedInput: { secret } }) => checkSetUpLink(new Secret(secret)));

/** The person of a set-up link chooses a password. */
export const setUp = strangerClient
  .metadata({ name: "Use a set-up link", event: "user.set-up" })
  .inputSchema(setUpInputSchema)
  .outputSchema(setUpOutputSchema)
  .action(async ({ parsedInput: { secret, next }, ctx: { address } }) =>
    setUpWithLink(new Secret(secret), new Secret(next), address),
  );
