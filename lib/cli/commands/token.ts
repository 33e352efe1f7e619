import { Command } from "commander";
import { z } from "zod";
import { listTokens } from "@/lib/api-tokens/loaders";
import { createToken, revokeToken } from "@/lib/api-tokens/mutations";
import { isTokenLive, TOKEN_DAYS_DEFAULT, TOKEN_DAYS_MAX } from "@/lib/api-tokens/rules";
import { commandLineActor, printTable } from "@/lib/cli/command-line";
import { withTransaction } from "@/lib/platform/db/transaction";
import { emailSchema, nameSchema } from "@/lib/users/schema";

const DAY_MS = 24 * 60 * 60 * 1_000;
const daysSchema = z.coerce
  .number("The days are a number")
  .int("The days are a whole number")
  .min(1, "A token lives for a day at least")
  .max(TOKEN_DAYS_MAX, `A token lives for at most ${TOKEN_DAYS_MAX} days`);
const idSchema = z.uuid("A token is named by its id: see token list");

const day = (time: Date | null) => time?.toISOString().slice(0, 10) ?? "-";

export function tokenCommand(): Command {
  const command = new Command("token").description("what programs sign in to the API with");
  command
    .command("create <email>")
    .description("makes a token that stands for a person, and prints it; it is shown only now")
    .requiredOption("--name <name>", "what it is for")
    .option("--days <days>", `how long it lives, at most ${TOKEN_DAYS_MAX}`, String(TOKEN_DAYS_DEFAULT))
    .action(async (email: string, options: { name: string; days: string }) => {
      const expiresAt = new Date(Date.now() + daysSchema.parse(options.days) * DAY_MS);
      const wish = { email: emailSchema.parse(email), name: nameSchema.parse(options.name), expiresAt };
      const { id, token } = await withTransaction((tx) => createToken(tx, commandLineActor(), wish));
      console.error(`Made token ${id} for ${wish.email}, until ${day(expiresAt)}. It is shown only now:`);
      console.log(token.reveal());
    });
  command
    .command("list [email]")
    .description("the tokens of a person or of everybody, newest first")
    .action(async (email?: string) => {
      const now = new Date();
      const rows = (await listTokens(email && emailSchema.parse(email))).map((token) => {
        const state = token.revokedAt ? "revoked" : isTokenLive(token, now) ? "" : "expired";
        return [
          token.id,
          token.email,
          token.name,
          day(token.createdAt),
          day(token.expiresAt),
          day(token.lastUsedAt),
          state,
        ];
      });
      printTable(["ID", "E-MAIL", "NAME", "CREATED", "EXPIRES", "LAST USED", ""], rows);
    });
  command
    .command("revoke <id>")
    .description("ends a token")
    .action(async (id: string) => {
      await withTransaction((tx) => revokeToken(tx, commandLineActor(), idSchema.parse(id)));
      console.log(`Revoked ${id}.`);
    });
  return command;
}
