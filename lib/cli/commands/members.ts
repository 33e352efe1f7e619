import { Command } from "commander";
import { findProject, type GlobalOptions, openContext } from "@/lib/cli/context";
import { pathOf, readPages } from "@/lib/cli/portal/portal";
import type { Member, MembersChanged } from "@/lib/cli/portal/replies";
import { printJson, printRows } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";

const ROLE = "admin, member+ or member";

interface RoleOptions extends GlobalOptions {
  role: string;
}

/** Lists and changes the members of a project. For project admins and platform admins. */
export function membersCommand(terminal: Terminal): Command {
  return new Command("members")
    .description("the members of a project, for its admins")
    .addCommand(listMembersCommand(terminal))
    .addCommand(addCommand(terminal))
    .addCommand(setRoleCommand(terminal))
    .addCommand(removeCommand(terminal));
}

const membersOf = (project: string) => pathOf("projects", project, "members");

function listMembersCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists the members of a project, newest first")
    .option("--search <text>", "only members with this text in the name or e-mail address")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { search?: string }>();
      const context = await openContext(terminal, options);
      const path = membersOf(await findProject(context));
      const members = await readPages(async (cursor) => {
        const query = { search: options.search, cursor };
        const page = await context.portal.get<{ members: Member[]; next: string | null }>(path, query);
        return { lines: page.members, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { members });
      printRows(
        terminal,
        ["E-MAIL", "NAME", "ROLE", "SINCE", ""],
        members.map(({ email, name, role, since, disabled }) => [
          email,
          name,
          role,
          since.slice(0, 10),
          disabled ? "cannot sign in" : "",
        ]),
      );
    });
}

function addCommand(terminal: Terminal): Command {
  return new Command("add")
    .description("adds a person who has an account; a platform admin who adds themself joins the project")
    .argument("<email>")
    .requiredOption("--role <role>", ROLE)
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RoleOptions>();
      const { portal, path } = await findMembers(terminal, options);
      tellChange(terminal, options, await portal.post<MembersChanged>(path, { email, role: options.role }));
    });
}

function setRoleCommand(terminal: Terminal): Command {
  return new Command("set-role")
    .description("gives a member another role")
    .argument("<email>")
    .requiredOption("--role <role>", ROLE)
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RoleOptions>();
      const { portal, path } = await findMembers(terminal, options);
      tellChange(terminal, options, await portal.patch<MembersChanged>(path, { email, role: options.role }));
    });
}

function removeCommand(terminal: Terminal): Command {
  return new Command("remove")
    .description("removes a member; the keys that the person made stay")
    .argument("<email>")
    .action(async (email: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { portal, path, project } = await findMembers(terminal, options);
      await confirm(terminal, `${email} loses every access to the project ${project} in the portal.`, options.yes);
      tellChange(terminal, options, await portal.post<MembersChanged>(`${path}/remove`, { email }));
    });
}

async function findMembers(terminal: Terminal, options: GlobalOptions) {
  const context = await openContext(terminal, options);
  const project = await findProject(context);
  return { portal: context.portal, project, path: membersOf(project) };
}

function tellChange(terminal: Terminal, { output }: GlobalOptions, reply: MembersChanged): void {
  if (output === "json") return printJson(terminal, reply);
  print(terminal, reply.message);
}
