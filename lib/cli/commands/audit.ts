import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { describeFault, describeProof } from "@/lib/cli/audit/describe-verdict";
import { readLines } from "@/lib/cli/audit/read-lines";
import { saveExport } from "@/lib/cli/audit/save-export";
import { verifyExport } from "@/lib/cli/audit/verify-export";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf } from "@/lib/cli/portal/portal";
import { printJson } from "@/lib/cli/terminal/output";
import { print, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import { keyIdOfPublicKey } from "@/lib/platform/crypto/sign";

/** Exports the audit log, and checks an export without the portal. */
export function auditCommand(terminal: Terminal): Command {
  return new Command("audit")
    .description("exports the audit log, and checks an export")
    .addCommand(exportCommand(terminal))
    .addCommand(verifyCommand(terminal));
}

interface ExportOptions extends GlobalOptions {
  format: string;
  who?: string;
  event?: string;
  outcome?: string;
  accessKey?: string;
  from?: string;
  to?: string;
}

function exportCommand(terminal: Terminal): Command {
  return new Command("export")
    .description("writes the audit log to a new file; with --project the activity of this project")
    .argument("<file>", "a new file")
    .addOption(new Option("--format <format>", "ndjson can be checked").choices(["ndjson", "csv"]).default("ndjson"))
    .option("--who <text>", "only what this person did: a part of the name or e-mail address")
    .option("--event <event>", "only events of this name, such as key.revoked")
    .option("--outcome <outcome>", "only requested, done, failed or refused")
    .option("--access-key <id>", "only what happened to this access key")
    .option("--from <time>", "only from this day or time on")
    .option("--to <time>", "only to the end of this day, or before this time")
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExportOptions>();
      const { portal } = await openContext(terminal, options);
      const { format, who, event, outcome, accessKey, from, to, region, project } = options;
      const path = project === undefined ? "/audit/export" : `${pathOf("projects", project)}/activity/export`;
      const query = { format, who, event, outcome, accessKey, from, to, region };
      const bytes = await saveExport(terminal, file, () => portal.download(path, query));
      tell(terminal, `${file} has ${bytes} bytes. The export is written to the audit log.`);
    });
}

interface VerifyOptions extends GlobalOptions {
  publicKey?: string[];
}

function verifyCommand(terminal: Terminal): Command {
  return new Command("verify")
    .description("checks an export in NDJSON, without the portal")
    .argument("<file>", "an export in NDJSON")
    .option("--public-key <key...>", "the public keys of the portal, in base64 or as files; not those in the export")
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<VerifyOptions>();
      const given = await Promise.all((options.publicKey ?? []).map(readPublicKey));
      const verdict = await verifyExport(readLines(file), given);
      if (options.output === "json") printJson(terminal, verdict);
      if (!verdict.ok) throw new Failure("damaged", describeFault(verdict.fault));
      if (options.output !== "json")
        for (const sentence of describeProof(verdict.proof, given.length > 0)) print(terminal, sentence);
    });
}

/** A public key that was typed, or the one in a file. Throws when it is none. */
async function readPublicKey(typed: string): Promise<string> {
  const text = (await readFile(typed, "utf8").catch(() => typed))
    .replaceAll(/-----(BEGIN|END) PUBLIC KEY-----/g, "")
    .replaceAll(/\s/g, "");
  // 12 bytes that say Ed25519, and the 32 bytes of the key.
  if (Buffer.from(text, "base64").length === 44 && keyIdOfPublicKey(text)) return text;
  throw new Failure("usage", `${typed} is no public key of a portal, and no file with one.`);
}
