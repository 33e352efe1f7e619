import { Command } from "commander";
import { z } from "zod";
import { listTokens } from "@/lib/api-tokens/loaders";
import { createToken, revokeToken } from "@/lib/api-tokens/mutations";
import { isTokenLive } from "@/lib/api-tokens/rules";
import { TOKEN_DAYS_DEFAULT, TOKEN_DAYS_MAX, tokenNameSchema, tokenScopeSchema } from "@/lib/api-tokens/schema";
import { commandLineActor, printTable } from "@/lib/admin/command-line";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { emailSchema } from "@/lib/users/schema";

const DAY_MS = 24 * 60 * 60 * 1_000;
const DAYS = `The days must be a whole number from 1 to ${TOKEN_DAYS_MAX}`;
const daysSchema = z.coerce.number(DAYS).int(DAYS).min(1, DAYS).max(TOKEN_DAYS_MAX, DAYS);
const idSchema = z.uuid("This is not the id of a token. Find the id with: token list");

interface CreateOptions {
  name: string;
  days: string;
  project?: string;
  scope: string;
}

export function tokenCommand(): Command {
  const command = new Command("token").description("access tokens with which programs use the API");
  command
    .command("create <email>")
    .description("makes a token with the rights of a person and prints it; it cannot be shown again")
    .requiredOption("--name <name>", "what the token is for")
    .option("--project <slug>", "the only project in which the token works; all projects of the person when left out")
    .option(
      "--scope <scope>",
      "read: the token changes nothing; write: it reads and changes keys; manage: it does all that its person may do",
      "write",
    )
    .option("--days <days>", `how long the token is valid, at most ${TOKEN_DAYS_MAX} days`, String(TOKEN_DAYS_DEFAULT))
    .action(async (email: string, options: CreateOptions) => {
      const expiresAt = new Date(Date.now() + daysSchema.parse(options.days) * DAY_MS);
      const wish = {
        email: emailSchema.parse(email),
        name: tokenNameSchema.parse(options.name),
        expiresAt,
        project: slugSchema.optional().parse(options.project),
        scope: tokenScopeSchema.parse(options.scope),
      };
      const { id, token } = await withTransaction((tx) => createToken(tx, commandLineActor(), wish));
      // The token alone goes to standard output, so that a script can take it from there.
      console.error(`Made the token ${id} for ${wish.email}, valid until ${toDay(expiresAt)}. Shown only this once:`);
      console.log(token.reveal());
    });
  command
    .command("list [email]")
    .description("lists the tokens of one person or of everybody, newest first")
    .action(async (email?: string) => {
      const now = new Date();
      const tokens = await listTokens(email && emailSchema.parse(email));
      printTable(
        ["ID", "E-MAIL", "NAME", "PROJECT", "SCOPE", "CREATED", "EXPIRES", "LAST USED", ""],
        tokens.map((token) => [
          token.id,
          token.email,
          token.name,
          token.project ?? "all",
          token.scope,
          toDay(token.createdAt),
          toDay(token.expiresAt),
          toDay(token.lastUsedAt),
          token.revokedAt ? "revoked" : isTokenLive(token, now) ? "" : "expired",
        ]),
      );
    });
  command
    .command("revoke <id>")
    .description("revokes a token; the API refuses it from then on")
    .action(async (id: string) => {
      await withTransaction((tx) => revokeToken(tx, commandLineActor(), idSchema.parse(id)));
      console.log(`Revoked the token ${id}.`);
    });
  return command;
}

function toDay(time: Date | null): string {
  return time?.toISOString().slice(0, 10) ?? "-";
}
