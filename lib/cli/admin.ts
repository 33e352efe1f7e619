import { Command } from "commander";
import { masterKeyCommand } from "@/lib/cli/commands/master-key";
import { memberCommand } from "@/lib/cli/commands/member";
import { passwordCommand } from "@/lib/cli/commands/password";
import { projectCommand } from "@/lib/cli/commands/project";
import { regionCommand } from "@/lib/cli/commands/region";
import { tokenCommand } from "@/lib/cli/commands/token";
import { userCommand } from "@/lib/cli/commands/user";
import { AppError } from "@/lib/platform/errors";
import { db } from "@/lib/platform/db/client";
import { z } from "zod";

const program = new Command("npm run admin --")
  .description("Runs a Latchkey installation from the command line, through the same mutations as the portal.")
  .addCommand(userCommand())
  .addCommand(projectCommand())
  .addCommand(memberCommand())
  .addCommand(regionCommand())
  .addCommand(passwordCommand())
  .addCommand(tokenCommand())
  .addCommand(masterKeyCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  console.error(explain(error));
} finally {
  await db.$disconnect();
}

function explain(error: unknown): string {
  if (error instanceof AppError) return error.userMessage ?? error.message;
  if (error instanceof z.ZodError) return error.issues.map((issue) => issue.message).join("\n");
  return error instanceof Error ? error.message : String(error);
}
