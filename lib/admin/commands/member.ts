import { Command } from "commander";
import { commandLineActor, printTable, readAllPages } from "@/lib/admin/command-line";
import { PROJECT_ROLES } from "@/lib/gate/permissions";
import { listMembers } from "@/lib/members/loaders";
import { removeMember, setMember } from "@/lib/members/mutations";
import { projectRoleSchema } from "@/lib/members/schema";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { requireProjectRow } from "@/lib/projects/mutations";
import { emailSchema } from "@/lib/users/schema";

export function memberCommand(): Command {
  const command = new Command("member").description("members of a project and their roles");
  command
    .command("set <project> <email> <role>")
    .description(`adds a person to a project, or changes the person's role (${PROJECT_ROLES.join(", ")})`)
    .action(async (project: string, email: string, role: string) => {
      const member = {
        project: slugSchema.parse(project),
        email: emailSchema.parse(email),
        role: projectRoleSchema.parse(role),
      };
      await withTransaction((tx) => setMember(tx, commandLineActor(), member));
      console.log(`${member.email} has the role ${role} in the project ${project}.`);
    });
  command
    .command("remove <project> <email>")
    .description("removes a person from a project; the access keys that the person made stay")
    .action(async (project: string, email: string) => {
      const member = { project: slugSchema.parse(project), email: emailSchema.parse(email) };
      await withTransaction((tx) => removeMember(tx, commandLineActor(), member));
      console.log(`Removed ${member.email} from the project ${project}.`);
    });
  command
    .command("list <project>")
    .description("lists the members of a project, newest first")
    .action(async (project: string) => {
      const { id } = await requireProjectRow(db, slugSchema.parse(project));
      const members = await readAllPages((cursor) => listMembers(id, { cursor }));
      printTable(
        ["E-MAIL", "NAME", "ROLE"],
        members.map((member) => [member.email, member.name, member.role]),
      );
    });
  return command;
}
