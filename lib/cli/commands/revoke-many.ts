import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import { Command } from "commander";
import { countKeys, describeMistyped, findIdForms } from "@/lib/bulk-revocations/rules";
import { tellResult, waitUntilFinished } from "@/lib/cli/commands/revocations";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import type { BulkPreview, BulkStarted } from "@/lib/cli/portal/replies";
import { printJson } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";
import { describeBound } from "@/lib/revocation-bounds/rules";

interface RevokeOptions extends GlobalOptions {
  user?: string;
  file?: string;
  reason: string;
  dryRun?: boolean;
  wait?: boolean;
}

const PATH = "/support/bulk-revocations";

/** Ends many keys at once: of a project, of a user, of a region, or found in a text. */
export function revokeCommand(terminal: Terminal): Command {
  return new Command("revoke")
    .description("ends all keys of --project, --user or --region, or those found in --file")
    .option("--user <email>", "the keys made by or for this person, in all projects")
    .option("--file <file>", "any text with access keys, - for standard input; only the access keys are sent")
    .requiredOption("--reason <text>", "why; the members of the projects see it")
    .option("--dry-run", "show which keys would end, and change nothing")
    .option("--wait", "wait until every key has ended or failed")
    .action(async (_options: unknown, own: Command) => {
      const options = own.optsWithGlobals<RevokeOptions>();
      const choice = await readChoice(terminal, options);
      const context = await openContext(terminal, options);
      const { portal } = context;
      const { preview } = await portal.post<BulkPreview>(PATH, { ...choice, dryRun: true });
      if (options.dryRun && options.output === "json") return printJson(terminal, preview);
      if (options.output !== "json") printPreview(terminal, preview);
      if (options.dryRun) return;
      if (preview.keys > 0) await confirm(terminal, `${countKeys(preview.keys)} end for good.`, options.yes);
      const sent = { reason: options.reason, confirm: "confirm", requestId: randomUUID(), seen: preview.seen };
      const started = await portal.post<BulkStarted>(PATH, { ...choice, ...sent });
      if (options.wait) return tellResult(context, await waitUntilFinished(context, started.id));
      if (options.output === "json") return printJson(terminal, started);
      print(terminal, started.message);
      print(terminal, `To see how far it has come: latchkey support revocations show ${started.id}`);
    });
}

/** Exactly one way to choose. Of a file only what has the form of an access key is kept: the rest may be secret. */
async function readChoice(terminal: Terminal, { project, user, region, file }: RevokeOptions): Promise<object> {
  const given = [project, user, region, file].filter((value) => value !== undefined);
  if (given.length !== 1) throw new Failure("usage", "Give one of --project, --user, --region and --file.");
  if (file === undefined) return { project, user, region };
  const ids = findIdForms(await readInput(terminal, file));
  if (ids.length === 0) throw new Failure("usage", "No access key was found in the text. Nothing was changed.");
  return { text: ids.join("\n") };
}

function readInput({ input }: Terminal, file: string): Promise<string> {
  if (file === "-") return readText(input);
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new Failure("usage", `${file} cannot be read.`, { cause: error });
  });
}

function printPreview(terminal: Terminal, preview: BulkPreview["preview"]): void {
  const { keys, regions, projects, projectCount, alreadyEnded, beingRemoved, unknown, mistyped, foreign } = preview;
  print(terminal, `${countKeys(keys)} would end, in ${projectCount === 1 ? "1 project" : `${projectCount} projects`}.`);
  for (const { project, keys: count } of projects) print(terminal, `  project ${project}: ${countKeys(count)}`);
  for (const { region, keys: count, revocationBoundSeconds } of regions)
    print(terminal, `  region ${region}: ${countKeys(count)}, refused ${describeBound(revocationBoundSeconds)}`);
  if (alreadyEnded > 0) print(terminal, `${countKeys(alreadyEnded)} of the text ended before.`);
  if (beingRemoved > 0) print(terminal, `${countKeys(beingRemoved)} of the text are being removed already.`);
  if (unknown > 0) print(terminal, `${countKeys(unknown)} of the text are not known here.`);
  if (mistyped > 0) print(terminal, describeMistyped(mistyped));
  if (foreign > 0) print(terminal, `${countKeys(foreign)} of the text are of another installation.`);
}
