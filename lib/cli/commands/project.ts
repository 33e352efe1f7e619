import { Command } from "commander";
import { commandLineActor, printTable } from "@/lib/cli/command-line";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { listProjects } from "@/lib/projects/loaders";
import { createProject, renameProject, setProjectDisabled } from "@/lib/projects/mutations";
import { nameSchema } from "@/lib/users/schema";

export function projectCommand(): Command {
  const command = new Command("project").description("projects");
  command
    .command("create <slug>")
    .requiredOption("--name <name>", "as people see it")
    .action(async (slug: string, options: { name: string }) => {
      const project = { slug: slugSchema.parse(slug), name: nameSchema.parse(options.name) };
      await withTransaction((tx) => createProject(tx, commandLineActor(), project));
      console.log(`Created the project ${slug}.`);
    });
  command
    .command("change <slug>")
    .requiredOption("--name <name>", "as people see it")
    .action(async (slug: string, options: { name: string }) => {
      const name = nameSchema.parse(options.name);
      await withTransaction((tx) => renameProject(tx, commandLineActor(), slugSchema.parse(slug), name));
      console.log(`Changed the project ${slug}.`);
    });
  for (const [verb, disabled] of [
    ["disable", true],
    ["enable", false],
  ] as const) {
    command
      .command(`${verb} <slug>`)
      .description(disabled ? "hides the project from its members; its keys go on working" : "shows it again")
      .action(async (slug: string) => {
        await withTransaction((tx) => setProjectDisabled(tx, commandLineActor(), slugSchema.parse(slug), disabled));
        console.log(`${disabled ? "Disabled" : "Enabled"} the project ${slug}.`);
      });
  }
  command
    .command("list")
    .description("all projects, newest first")
    .action(async () => {
      const rows: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await listProjects({ cursor });
        for (const project of page.rows) {
          rows.push([project.slug, project.name, String(project.members), project.disabledAt ? "disabled" : ""]);
        }
        cursor = page.next ?? undefined;
      } while (cursor);
      printTable(["SLUG", "NAME", "MEMBERS", ""], rows);
    });
  return command;
}
