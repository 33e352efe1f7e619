import { Command } from "commander";
import { type GlobalOptions, openContext, readCards } from "@/lib/cli/context";
import { readPages } from "@/lib/cli/portal/portal";
import { printJson, printRows } from "@/lib/cli/terminal/output";
import type { Terminal } from "@/lib/cli/terminal/terminal";

interface OwnProject {
  project: string;
  name: string;
  role: string;
}

/** Lists the projects of the person. */
export function projectsCommand(terminal: Terminal): Command {
  return new Command("projects")
    .description("lists your projects")
    .option("--search <text>", "only projects with this text in the name or slug")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { search?: string }>();
      const { portal } = await openContext(terminal, options);
      const projects = await readPages(async (cursor) => {
        const query = { search: options.search, cursor };
        const page = await portal.get<{ projects: OwnProject[]; next: string | null }>("/projects", query);
        return { lines: page.projects, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { projects });
      printRows(
        terminal,
        ["PROJECT", "NAME", "ROLE"],
        projects.map(({ project, name, role }) => [project, name, role]),
      );
    });
}

/** Lists the regions of a project with the access there. */
export function regionsCommand(terminal: Terminal): Command {
  return new Command("regions")
    .description("lists the regions of a project, with its access there")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { cards } = await readCards(await openContext(terminal, options));
      if (options.output === "json") return printJson(terminal, { cards });
      printRows(
        terminal,
        ["REGION", "ENDPOINT", "SIGNING REGION", "STATE", "ACCESS KEY", "NAMED KEYS"],
        cards.map(({ region, state, key, named }) => [
          region.name,
          region.endpoint,
          region.signingRegion,
          region.disabled ? "not enabled" : state,
          key?.accessKeyId,
          named.length,
        ]),
      );
    });
}
