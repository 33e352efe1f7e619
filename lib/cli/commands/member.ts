import { Command } from "commander";
import { z } from "zod";
import { commandLineActor, printTable } from "@/lib/cli/command-line";
import { PROJECT_ROLES } from "@/lib/gate/permissions";
import { listMembers } from "@/lib/members/loaders";
import { removeMember, setMember } from "@/lib/members/mutations";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { emailSchema } from "@/lib/users/schema";

const roleSchema = z.enum(PROJECT_ROLES, `The role is one of ${PROJECT_ROLES.join(", ")}`);

export function memberCommand(): Command {
  const command = new Command("member").description("members of a project and their roles");
  command
    .command("set <project> <email> <role>")
    .description(`gives a role (${PROJECT_ROLES.join(", ")}) in place of any before`)
    .action(async (project: string, email: string, role: string) => {
      const member = {
        project: slugSchema.parse(project),
        email: emailSchema.parse(email),
        role: roleSchema.parse(role),
      };
      await withTransaction((tx) => setMember(tx, commandLineActor(), member));
      console.log(`${email} is ${role} in ${project}.`);
    });
  command
    .command("remove <project> <email>")
    .description("takes the person out of the project; keys they made stay")
    .action(async (project: string, email: string) => {
      const member = { project: slugSchema.parse(project), email: emailSchema.parse(email) };
      await withTransaction((tx) => removeMember(tx, commandLineActor(), member));
      console.log(`Removed ${email} from ${project}.`);
    });
  command.command("list <project>").action(async (project: string) => {
    const members = await listMembers(slugSchema.parse(project));
    printTable(
      ["E-MAIL", "NAME", "ROLE"],
      members.map((member) => [member.email, member.name, member.role]),
    );
  });
  return command;
}
