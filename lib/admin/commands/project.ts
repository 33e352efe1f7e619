import { Command } from "commander";
import { commandLineActor, printTable, readAllPages } from "@/lib/admin/command-line";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { listProjects } from "@/lib/projects/loaders";
import { newSlugSchema } from "@/lib/projects/schema";
import { createProject, renameProject, setProjectDisabled } from "@/lib/projects/mutations";
import { nameSchema } from "@/lib/users/schema";

export function projectCommand(): Command {
  const command = new Command("project").description("projects");
  command
    .command("create <slug>")
    .description("creates a project; the slug is its part of the portal's addresses")
    .requiredOption("--name <name>", "the name that people see")
    .action(async (slug: string, options: { name: string }) => {
      const project = { slug: newSlugSchema.parse(slug), name: nameSchema.parse(options.name) };
      await withTransaction((tx) => createProject(tx, commandLineActor(), project));
      console.log(`Created the project ${slug}.`);
    });
  command
    .command("change <slug>")
    .description("changes the name of a project")
    .requiredOption("--name <name>", "the name that people see")
    .action(async (slug: string, options: { name: string }) => {
      const name = nameSchema.parse(options.name);
      await withTransaction((tx) => renameProject(tx, commandLineActor(), slugSchema.parse(slug), name));
      console.log(`Changed the project ${slug}.`);
    });
  command
    .command("disable <slug>")
    .description("hides the project from its members; its access keys keep working")
    .action(async (slug: string) => {
      await setDisabled(slug, true);
      console.log(`Disabled the project ${slug}.`);
    });
  command
    .command("enable <slug>")
    .description("shows the project to its members again")
    .action(async (slug: string) => {
      await setDisabled(slug, false);
      console.log(`Enabled the project ${slug}.`);
    });
  command
    .command("list")
    .description("lists all projects, newest first")
    .action(async () => {
      const projects = await readAllPages((cursor) => listProjects({ cursor }));
      printTable(
        ["SLUG", "NAME", "MEMBERS", ""],
        projects.map(({ slug, name, members, disabledAt }) => [
          slug,
          name,
          String(members),
          disabledAt ? "disabled" : "",
        ]),
      );
    });
  return command;
}

async function setDisabled(slug: string, disabled: boolean): Promise<void> {
  await withTransaction((tx) => setProjectDisabled(tx, commandLineActor(), slugSchema.parse(slug), disabled));
}
