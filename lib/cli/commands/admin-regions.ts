import { Command } from "commander";
import {
  readRegionBody,
  type RegionOptions,
  withDespiteRotation,
  withRegionOptions,
} from "@/lib/cli/commands/region-body";
import { type Context, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, readPages } from "@/lib/cli/portal/portal";
import type { Provider, RegionCheck, RegionRow, RegionSaved, RegionSwitched } from "@/lib/cli/portal/replies";
import { printJson, printRows } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";

/** Reads, checks and changes the regions of the installation. */
export function adminRegionsCommand(terminal: Terminal): Command {
  return new Command("regions")
    .description("the regions of the installation and their storage systems")
    .addCommand(listCommand(terminal))
    .addCommand(providersCommand(terminal))
    .addCommand(checkCommand(terminal))
    .addCommand(addCommand(terminal))
    .addCommand(editCommand(terminal))
    .addCommand(replaceCommand(terminal))
    .addCommand(rotateCommand(terminal))
    .addCommand(checkNowCommand(terminal))
    .addCommand(switchCommand(terminal, "switch-off"))
    .addCommand(switchCommand(terminal, "switch-on"));
}

const regionAt = (name: string, ...more: string[]) => pathOf("admin", "regions", name, ...more);

async function open(terminal: Terminal, command: Command): Promise<{ context: Context; options: RegionOptions }> {
  const options = command.optsWithGlobals<RegionOptions>();
  return { context: await openContext(terminal, options), options };
}

function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists the regions, newest first")
    .action(async (_options, command: Command) => {
      const { context, options } = await open(terminal, command);
      const regions = await readPages(async (cursor) => {
        const page = await context.portal.get<{ regions: RegionRow[]; next: string | null }>("/admin/regions", {
          cursor,
        });
        return { lines: page.regions, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { regions });
      printRows(
        terminal,
        ["NAME", "PROVIDER", "ENDPOINT", "STATE", "WARNINGS"],
        regions.map((row) => [row.name, row.provider, row.endpoint, describeState(row), describeWarnings(row)]),
      );
    });
}

function describeWarnings({ warnings, rotationError }: RegionRow): string {
  const open = rotationError ? [`A rotation of the credentials is not finished: ${rotationError}.`] : [];
  return [...open, ...warnings].join(" ");
}

function describeState({ disabledAt, checkError, checkedAt, declared }: RegionRow): string {
  const state = disabledAt ? "switched off" : (checkError ?? (checkedAt ? "works" : "not checked"));
  return declared ? `${state} (in the regions file)` : state;
}

function providersCommand(terminal: Terminal): Command {
  return new Command("providers")
    .description("lists the kinds of storage systems, and the settings and credentials that each takes")
    .action(async (_options, command: Command) => {
      const { context, options } = await open(terminal, command);
      const { providers } = await context.portal.get<{ providers: Provider[] }>("/admin/providers");
      if (options.output === "json") return printJson(terminal, { providers });
      for (const { kind, title, description, settings, credentials } of providers) {
        print(terminal, `${kind}: ${title}. ${description}`);
        for (const [option, fields] of [
          ["--setting", settings],
          ["--credential", credentials],
        ] as const)
          for (const { name, help, required, default: preset, kind: form } of fields) {
            const how = form === "secret" ? "asked for, or from standard input" : `${option} ${name}=VALUE`;
            print(terminal, `  ${name} (${required ? "required" : (preset ?? "optional")}; ${how}): ${help}`);
          }
      }
    });
}

function checkCommand(terminal: Terminal): Command {
  return withRegionOptions(new Command("check"), true)
    .description("checks a region that is not saved, with a throwaway key, and saves nothing")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      const body = { name, ...(await readRegionBody(context, options, undefined)) };
      tellCheck(terminal, options, await context.portal.post<RegionCheck>("/admin/providers/check", body));
    });
}

function addCommand(terminal: Terminal): Command {
  return withRegionOptions(new Command("add"), true)
    .description("checks a region and adds it; asks for its secrets, or reads them from standard input")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      const body = { name, ...(await readRegionBody(context, options, undefined)) };
      tellSaved(terminal, options, await context.portal.post<RegionSaved>("/admin/regions", body));
    });
}

function editCommand(terminal: Terminal): Command {
  return withDespiteRotation(withRegionOptions(new Command("edit"), false))
    .description("checks a region with the given changes and saves them; an empty setting or credential is removed")
    .option("--credentials", "give the secrets too, where the address that they go to changes")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      await change(terminal, context, options, name);
    });
}

function replaceCommand(terminal: Terminal): Command {
  return withDespiteRotation(new Command("replace-credentials"))
    .description("checks other credentials and saves them; asks for them, or reads them from standard input")
    .argument("<region>")
    .option("--credential <name=value...>", "a credential that is no secret, such as accessKeyId=LATCHKEY")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      await change(terminal, context, { ...options, credentials: true }, name);
    });
}

async function change(terminal: Terminal, context: Context, options: RegionOptions, name: string): Promise<void> {
  const body = await readRegionBody(context, options, name);
  if (Object.keys(body).length === 0) throw new Failure("usage", "Nothing to change: give at least one option.");
  tellSaved(terminal, options, await context.portal.patch<RegionSaved>(regionAt(name), body));
}

function rotateCommand(terminal: Terminal): Command {
  return new Command("rotate-credentials")
    .description("replaces the portal's own credentials by new ones that only the portal knows")
    .argument("<region>")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      const question = `The credentials that the portal has in ${name} end. Other programs that use them stop.`;
      await confirm(terminal, question, options.yes);
      const path = regionAt(name, "rotate-credentials");
      tellSaved(terminal, options, await context.portal.post<RegionSaved>(path, {}));
    });
}

function checkNowCommand(terminal: Terminal): Command {
  return new Command("check-now")
    .description("checks a saved region now, as the worker does each minute")
    .argument("<region>")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      tellCheck(terminal, options, await context.portal.post<RegionCheck>(regionAt(name, "check"), {}));
    });
}

function switchCommand(terminal: Terminal, verb: "switch-off" | "switch-on"): Command {
  const on = verb === "switch-on";
  return new Command(verb)
    .description(on ? "offers new keys in a region again" : "offers no new keys in a region; its keys work on")
    .argument("<region>")
    .action(async (name: string, _options, command: Command) => {
      const { context, options } = await open(terminal, command);
      if (!on) await confirm(terminal, `Nobody can make new keys in ${name}.`, options.yes);
      const reply = await context.portal.post<RegionSwitched>(regionAt(name, "switch"), { on });
      if (options.output === "json") return printJson(terminal, reply);
      print(terminal, reply.message);
    });
}

const MARKS = { passed: "ok", warning: "warning", failed: "FAILED" } as const;

function printFindings(terminal: Terminal, { findings }: Pick<RegionSaved, "findings">): void {
  for (const { outcome, text, remedy } of findings)
    print(terminal, `${MARKS[outcome].padEnd(9)}${text}${remedy ? ` Next step: ${remedy}` : ""}`);
}

/** Prints what a check found. Throws when it did not pass. */
function tellCheck(terminal: Terminal, { output }: GlobalOptions, check: RegionCheck): void {
  if (output === "json") printJson(terminal, check);
  else printFindings(terminal, check);
  if (!check.passed) throw new Failure("refused", check.message);
  if (output !== "json") print(terminal, check.message);
}

function tellSaved(terminal: Terminal, { output }: GlobalOptions, saved: RegionSaved): void {
  if (output === "json") return printJson(terminal, saved);
  printFindings(terminal, saved);
  print(terminal, saved.message);
}
