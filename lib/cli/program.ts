import { Command, CommanderError, Option } from "commander";
import { adminCommand } from "@/lib/cli/commands/admin";
import { auditCommand } from "@/lib/cli/commands/audit";
import {
  activateCommand,
  deactivateCommand,
  disableCommand,
  keepLongerCommand,
  retireCommand,
  setExpirationCommand,
} from "@/lib/cli/commands/change-keys";
import { credentialsCommand } from "@/lib/cli/commands/credentials";
import { connectCommand } from "@/lib/cli/commands/connect";
import { doctorCommand } from "@/lib/cli/commands/doctor";
import { createKeyCommand, regenerateCommand } from "@/lib/cli/commands/issue-keys";
import { loginCommand, logoutCommand, profilesCommand, whoamiCommand } from "@/lib/cli/commands/login";
import { membersCommand } from "@/lib/cli/commands/members";
import { projectsCommand, regionsCommand } from "@/lib/cli/commands/projects";
import { historyCommand, listCommand, showCommand } from "@/lib/cli/commands/read-keys";
import { supportCommand } from "@/lib/cli/commands/support";
import { bucketsCommand, usageCommand } from "@/lib/cli/commands/usage";
import type { GlobalOptions } from "@/lib/cli/context";
import { EXIT, Failure } from "@/lib/cli/failure";
import { FORMATS } from "@/lib/cli/terminal/output";
import { tell, type Terminal } from "@/lib/cli/terminal/terminal";
import { VERSION } from "@/lib/platform/config/version";

/** The commands whose answer has a secret, which `env` is for. */
const WITH_SECRET = ["create", "regenerate", "credentials"];

/** Runs one command of `latchkey`, prints its answer or what went wrong, and returns the exit code. */
export async function runLatchkey(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    // commander has printed its own message, or the help text, by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    tell(terminal, error instanceof Failure ? error.message : `latchkey failed: ${String(error)}`);
    return error instanceof Failure ? EXIT[error.exit] : EXIT.unexpected;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command("latchkey")
    .description("Manages the S3 keys of your projects at a Latchkey portal.")
    .version(VERSION)
    .option("--profile <name>", "the profile to use; LATCHKEY_PROFILE, else default")
    .option("-p, --project <project>", "the project; LATCHKEY_PROJECT, else the profile's, else the only one")
    .option("-r, --region <region>", "the region; LATCHKEY_REGION, else the profile's, else the only one")
    .addOption(new Option("-o, --output <format>", "how the answer is printed").choices(FORMATS).default("table"))
    .option("-y, --yes", "confirm without a question")
    .addCommand(loginCommand(terminal))
    .addCommand(logoutCommand(terminal))
    .addCommand(whoamiCommand(terminal))
    .addCommand(profilesCommand(terminal))
    .addCommand(projectsCommand(terminal))
    .addCommand(regionsCommand(terminal))
    .addCommand(usageCommand(terminal))
    .addCommand(bucketsCommand(terminal))
    .addCommand(membersCommand(terminal))
    .addCommand(keysCommand(terminal))
    .addCommand(credentialsCommand(terminal))
    .addCommand(connectCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addCommand(supportCommand(terminal))
    .addCommand(auditCommand(terminal))
    .addCommand(adminCommand(terminal))
    .hook("preAction", (_program, command) => refuseFormat(command));
  return withTerminal(program, terminal);
}

function keysCommand(terminal: Terminal): Command {
  return new Command("keys")
    .description("the keys of a project")
    .addCommand(listCommand(terminal))
    .addCommand(createKeyCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(regenerateCommand(terminal))
    .addCommand(disableCommand(terminal))
    .addCommand(deactivateCommand(terminal))
    .addCommand(activateCommand(terminal))
    .addCommand(setExpirationCommand(terminal))
    .addCommand(retireCommand(terminal))
    .addCommand(keepLongerCommand(terminal))
    .addCommand(historyCommand(terminal));
}

function refuseFormat(command: Command): void {
  if (command.optsWithGlobals<GlobalOptions>().output !== "env" || WITH_SECRET.includes(command.name())) return;
  throw new Failure("usage", `--output env is for ${WITH_SECRET.join(", ")}: their answers have a secret.`);
}

/** Makes a command and its subcommands write to the terminal, and throw where commander would end the process. */
function withTerminal(command: Command, terminal: Terminal): Command {
  command
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
    })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .showHelpAfterError("Add --help to see the arguments and options.");
  for (const subcommand of command.commands) withTerminal(subcommand, terminal);
  return command;
}
