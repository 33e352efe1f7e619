import { Command, CommanderError } from "commander";
import { z } from "zod";
import { masterKeyCommand } from "@/lib/admin/commands/master-key";
import { memberCommand } from "@/lib/admin/commands/member";
import { passwordCommand } from "@/lib/admin/commands/password";
import { projectCommand } from "@/lib/admin/commands/project";
import { regionCommand } from "@/lib/admin/commands/region";
import { tokenCommand } from "@/lib/admin/commands/token";
import { userCommand } from "@/lib/admin/commands/user";
import { AppError } from "@/lib/platform/errors";

/** Runs one command of `npm run admin`, prints its output or what went wrong, and returns the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // commander has printed its own message, or the help text, by now.
    if (error instanceof CommanderError) return error.exitCode;
    console.error(explain(error));
    return 1;
  }
}

function createProgram(): Command {
  const program = new Command("npm run admin --")
    .description("Manages a Latchkey installation, with the same rules and the same audit log as the portal.")
    .addCommand(userCommand())
    .addCommand(passwordCommand())
    .addCommand(projectCommand())
    .addCommand(memberCommand())
    .addCommand(regionCommand())
    .addCommand(tokenCommand())
    .addCommand(masterKeyCommand());
  return withoutExit(program);
}

/** Makes a command and all its subcommands throw where commander would end the process. */
function withoutExit(command: Command): Command {
  command.exitOverride().showHelpAfterError("Add --help to see the arguments and options.");
  for (const subcommand of command.commands) withoutExit(subcommand);
  return command;
}

/** Prisma's code for a table that is not there. */
const NO_TABLE = "P2021";
/** Prisma's code for a column that is not there: the database is older than this version. */
const NO_COLUMN = "P2022";

function explain(error: unknown): string {
  if (error instanceof AppError) return error.userMessage ?? error.message;
  if (error instanceof z.ZodError) return error.issues.map((issue) => issue.message).join("\n");
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === NO_TABLE)
    return "The database is not set up yet. Run `npm run up` once, or `npm run migrate -- deploy`.";
  if ("code" in error && error.code === NO_COLUMN)
    return "The database is older than this version. Run `npm run up` once, or `npm run migrate -- deploy`.";
  return error.message;
}
