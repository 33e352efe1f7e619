import { Command } from "commander";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { readPages } from "@/lib/cli/portal/portal";
import type { ManagedUser, SetUpLink, UserChanged } from "@/lib/cli/portal/replies";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { flush, print, type Terminal } from "@/lib/cli/terminal/terminal";

const PATH = "/admin/users";
const ROLE = "support, platform-admin or none";

interface UserOptions extends GlobalOptions {
  name?: string;
  role?: string;
}

/** Lists and changes the users of the installation. */
export function adminUsersCommand(terminal: Terminal): Command {
  return new Command("users")
    .description("the people who can sign in")
    .addCommand(listUsersCommand(terminal))
    .addCommand(addCommand(terminal))
    .addCommand(editCommand(terminal))
    .addCommand(resetPasswordCommand(terminal))
    .addCommand(
      switchCommand(terminal, {
        name: "end-sessions",
        description: "signs a user out everywhere; access tokens stay",
        warn: (email) => `${email} is signed out everywhere.`,
      }),
    )
    .addCommand(
      switchCommand(terminal, {
        name: "disable",
        description: "ends the sessions and tokens of a user, who cannot sign in any more",
        warn: (email) => `${email} is signed out, cannot sign in any more, and the tokens of ${email} end.`,
      }),
    )
    .addCommand(
      switchCommand(terminal, { name: "enable", description: "lets a user sign in again; ended tokens stay ended" }),
    );
}

function listUsersCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists all users, newest first")
    .option("--search <text>", "only users with this text in the name or e-mail address")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { search?: string }>();
      const { portal } = await openContext(terminal, options);
      const users = await readPages(async (cursor) => {
        const query = { search: options.search, cursor };
        const page = await portal.get<{ users: ManagedUser[]; next: string | null }>(PATH, query);
        return { lines: page.users, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { users });
      printRows(
        terminal,
        ["E-MAIL", "NAME", "PLATFORM ROLE", "PROJECTS", "SINCE", ""],
        users.map((user) => [
          user.email,
          user.name,
          user.platformRole ?? "-",
          String(user.projects),
          user.creationDate.slice(0, 10),
          user.disabled ? "disabled" : user.waitsForSetUp ? "waits for set-up" : "",
        ]),
      );
    });
}

function addCommand(terminal: Terminal): Command {
  return new Command("add")
    .description("adds a user, and prints the link with which the person chooses a password")
    .argument("<email>")
    .requiredOption("--name <name>", "the name that others see")
    .option("--role <role>", `a role in the whole installation: ${ROLE}`, "none")
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<UserOptions>();
      const { portal } = await openContext(terminal, options);
      const user = { email, name: options.name, platformRole: readRole(options.role) };
      await tellLink(terminal, options, await portal.post<SetUpLink>(PATH, user));
    });
}

function editCommand(terminal: Terminal): Command {
  return new Command("edit")
    .description("changes the name or the platform role of a user")
    .argument("<email>")
    .option("--name <name>", "the name that others see")
    .option("--role <role>", ROLE)
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<UserOptions>();
      const { name, role } = options;
      if (name === undefined && role === undefined) {
        throw new Failure("usage", "Nothing to change: give --name or --role. Nothing was changed.");
      }
      const { portal } = await openContext(terminal, options);
      const platformRole = role === undefined ? {} : { platformRole: readRole(role) };
      const change = { email, ...(name === undefined ? {} : { name }), ...platformRole };
      tellChange(terminal, options, await portal.patch<UserChanged>(PATH, change));
    });
}

function resetPasswordCommand(terminal: Terminal): Command {
  return new Command("reset-password")
    .description("ends the password, sessions and tokens of a user, and prints a link for a new password")
    .argument("<email>")
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      const question = `The password of ${email} stops working, and the sessions and tokens of ${email} end.`;
      await confirm(terminal, question, options.yes);
      await tellLink(terminal, options, await portal.post<SetUpLink>(`${PATH}/reset-password`, { email }));
    });
}

interface Switch {
  name: "end-sessions" | "disable" | "enable";
  description: string;
  /** What the person confirms. Left out: nothing is lost. */
  warn?: (email: string) => string;
}

function switchCommand(terminal: Terminal, { name, description, warn }: Switch): Command {
  return new Command(name)
    .description(description)
    .argument("<email>")
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      if (warn) await confirm(terminal, warn(email), options.yes);
      tellChange(terminal, options, await portal.post<UserChanged>(`${PATH}/${name}`, { email }));
    });
}

/** The portal says which roles there are. */
const readRole = (role: string | undefined): string | null => (role === undefined || role === "none" ? null : role);

function tellChange(terminal: Terminal, { output }: GlobalOptions, reply: UserChanged): void {
  if (output === "json") return printJson(terminal, reply);
  print(terminal, reply.message);
}

async function tellLink(terminal: Terminal, { output }: GlobalOptions, reply: SetUpLink): Promise<void> {
  if (output === "json") printJson(terminal, reply);
  else {
    printFields(terminal, { User: reply.email, "Set-up link": reply.setUpLink, "Works until": reply.expirationDate });
    print(terminal, "The link is shown only now and works once. Give it to the person in a safe way.");
  }
  await flush(terminal).catch((cause: unknown) => {
    const lost = `The link for ${reply.email} could not be printed. Make another one: admin users reset-password.`;
    throw new Failure("unexpected", lost, { cause });
  });
}
