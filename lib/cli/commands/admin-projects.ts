import { Command, Option } from "commander";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, type Portal, readPages } from "@/lib/cli/portal/portal";
import type { AdminProject, AdminProjectDetail, ProjectChanged } from "@/lib/cli/portal/replies";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";
import { splitList } from "@/lib/platform/text/split-list";
import { describeDisabledKeys, describeKeptKeys, describeRegions } from "@/lib/projects/rules";

const PROJECTS = "/admin/projects";
const one = (project: string) => pathOf("admin", "projects", project);

/** Lists, makes and changes projects. */
export function adminProjectsCommand(terminal: Terminal): Command {
  return new Command("projects")
    .description("all projects: lists, makes and changes them")
    .addCommand(listProjectsCommand(terminal))
    .addCommand(addProjectCommand(terminal))
    .addCommand(showProjectCommand(terminal))
    .addCommand(renameCommand(terminal))
    .addCommand(regionsOfProjectCommand(terminal))
    .addCommand(switchCommand(terminal, "disable"))
    .addCommand(switchCommand(terminal, "enable"));
}

function listProjectsCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists all projects, newest first")
    .option("--search <text>", "only projects with this text in the name or slug")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { search?: string }>();
      const { portal } = await openContext(terminal, options);
      const projects = await readPages(async (cursor) => {
        const query = { search: options.search, cursor };
        const page = await portal.get<{ projects: AdminProject[]; next: string | null }>(PROJECTS, query);
        return { lines: page.projects, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { projects });
      printRows(
        terminal,
        ["PROJECT", "NAME", "MEMBERS", "CREATED", ""],
        projects.map(({ project, name, members, createdAt, disabledAt }) => [
          ...[project, name, members, createdAt.slice(0, 10)],
          disabledAt ? "disabled" : "",
        ]),
      );
    });
}

function addProjectCommand(terminal: Terminal): Command {
  return new Command("add")
    .description("makes a project; it begins without members")
    .argument("<slug>", "the project in addresses and commands")
    .requiredOption("--name <name>", "the name that people see")
    .action(async (project: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { name: string }>();
      const { portal } = await openContext(terminal, options);
      tellChange(terminal, options, await portal.post<ProjectChanged>(PROJECTS, { project, name: options.name }));
    });
}

function showProjectCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("shows a project, with the regions that it may use")
    .argument("<slug>")
    .action(async (project: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      const found = await portal.get<AdminProjectDetail>(one(project));
      if (options.output === "json") return printJson(terminal, found);
      printFields(terminal, {
        Project: found.project,
        Name: found.name,
        State: found.disabledAt ? "disabled" : "active",
        Members: found.members,
        Admins: found.admins,
        Regions: describeRegions(found.allowedRegions),
      });
      printRows(
        terminal,
        ["REGION", "MAY USE", "KEYS", ""],
        found.regions.map(({ name, allowed, liveKeys, switchedOff }) => [
          ...[name, allowed ? "yes" : "no", liveKeys],
          switchedOff ? "switched off" : "",
        ]),
      );
    });
}

function renameCommand(terminal: Terminal): Command {
  return new Command("rename")
    .description("gives a project another name; its slug stays")
    .argument("<slug>")
    .requiredOption("--name <name>", "the name that people see")
    .action(async (project: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { name: string }>();
      const { portal } = await openContext(terminal, options);
      tellChange(terminal, options, await portal.patch<ProjectChanged>(one(project), { name: options.name }));
    });
}

interface RegionsOptions extends GlobalOptions {
  all?: true;
  none?: true;
  only?: string;
}

function regionsOfProjectCommand(terminal: Terminal): Command {
  return new Command("regions")
    .description("says which regions a project may use; keys that exist work on")
    .argument("<slug>")
    .addOption(new Option("--all", "all regions, also those that come later").conflicts(["only", "none"]))
    .addOption(new Option("--none", "no region").conflicts(["only", "all"]))
    .option("--only <names>", "these regions, with commas between them")
    .action(async (project: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegionsOptions>();
      const regions = readWish(options);
      const { portal } = await openContext(terminal, options);
      const found = await portal.get<AdminProjectDetail>(one(project));
      const closed = found.regions.filter(({ name, allowed }) => allowed && regions && !regions.includes(name));
      for (const { name, liveKeys } of closed) print(terminal, `${name} gets closed. ${describeKeptKeys(liveKeys)}`);
      await confirm(terminal, `The project ${project} may use ${describeRegions(regions)} then.`, options.yes);
      const body = { regions, former: found.allowedRegions };
      tellChange(terminal, options, await portal.post<ProjectChanged>(`${one(project)}/regions`, body));
    });
}

function readWish({ all, none, only }: RegionsOptions): string[] | null {
  if (all) return null;
  if (none) return [];
  const names = splitList(only ?? "");
  if (names.length > 0) return names;
  throw new Failure("usage", "Say which regions: --all, --none or --only with names. Nothing was changed.");
}

function switchCommand(terminal: Terminal, verb: "disable" | "enable"): Command {
  const command = new Command("disable").description("hides a project from its members; its keys go on working");
  const chosen =
    verb === "disable" ? command : new Command("enable").description("shows a project to its members again");
  return chosen.argument("<slug>").action(async (project: string, _options: unknown, own: Command) => {
    const options = own.optsWithGlobals<GlobalOptions>();
    const { portal } = await openContext(terminal, options);
    if (verb === "disable") await confirmDisable(terminal, portal, project, options);
    tellChange(terminal, options, await portal.post<ProjectChanged>(`${one(project)}/${verb}`, {}));
  });
}

async function confirmDisable(terminal: Terminal, portal: Portal, project: string, options: GlobalOptions) {
  const { regions } = await portal.get<AdminProjectDetail>(one(project));
  const liveKeys = regions.reduce((sum, region) => sum + region.liveKeys, 0);
  const question = `The project ${project} is hidden from its members. ${describeDisabledKeys(liveKeys)}`;
  await confirm(terminal, question, options.yes);
}

function tellChange(terminal: Terminal, { output }: GlobalOptions, reply: ProjectChanged): void {
  if (output === "json") return printJson(terminal, reply);
  print(terminal, reply.message);
}
