import { setTimeout as pause } from "node:timers/promises";
import { Command, Option } from "commander";
import { countKeys } from "@/lib/bulk-revocations/rules";
import { saveExport } from "@/lib/cli/audit/save-export";
import { type Context, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, readPages } from "@/lib/cli/portal/portal";
import type { BulkRetried, BulkRevocation, BulkRevocationKey } from "@/lib/cli/portal/replies";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { print, tell, type Terminal } from "@/lib/cli/terminal/terminal";

const PAUSE_MS = 2_000;
/** When nothing has changed for so long, the command gives up waiting. The portal goes on. */
const STALLED_MS = 15 * 60_000;

const pathOfOne = (id: string, ...more: string[]) => pathOf("support", "bulk-revocations", id, ...more);

/** The bulk revocations, and what became of their keys. */
export function revocationsCommand(terminal: Terminal): Command {
  return new Command("revocations")
    .description("the bulk revocations, and what became of their keys")
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(retryCommand(terminal))
    .addCommand(exportCommand(terminal));
}

function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists the bulk revocations, newest first")
    .action(async (_options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      const revocations = await readPages(async (cursor) => {
        const query = { cursor };
        const page = await portal.get<{ revocations: BulkRevocation[]; next: string | null }>(
          "/support/bulk-revocations",
          query,
        );
        return { lines: page.revocations, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { revocations });
      printRows(
        terminal,
        ["ID", "STARTED", "BY", "OF", "KEYS", "STATE"],
        revocations.map((line) => [
          line.id,
          line.createdAt.slice(0, 16),
          line.startedBy,
          line.chosen === null ? "a text" : `${line.chosenBy} ${line.chosen}`,
          line.keys,
          describeState(line),
        ]),
      );
    });
}

function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("shows how far a bulk revocation has come, and its keys")
    .argument("<id>")
    .addOption(
      new Option("--result <result>", "only keys with this result").choices([
        "waiting",
        "running",
        "revoked",
        "already-ended",
        "failed",
      ]),
    )
    .action(async (id: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions & { result?: string }>();
      const { portal } = await openContext(terminal, options);
      const revocation = await portal.get<BulkRevocation>(pathOfOne(id));
      const keys = await readPages(async (cursor) => {
        const query = { cursor, result: options.result };
        const page = await portal.get<{ keys: BulkRevocationKey[]; next: string | null }>(pathOfOne(id, "keys"), query);
        return { lines: page.keys, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { ...revocation, keyResults: keys });
      printFields(terminal, {
        Started: `${revocation.createdAt} by ${revocation.startedBy}`,
        Reason: revocation.reason,
        State: describeState(revocation),
      });
      printRows(
        terminal,
        ["ACCESS KEY", "PROJECT", "REGION", "RESULT", ""],
        keys.map(({ accessKeyId, project, region, result, failure }) => [
          accessKeyId,
          project,
          region,
          result,
          failure ?? "",
        ]),
      );
    });
}

function retryCommand(terminal: Terminal): Command {
  return new Command("retry")
    .description("tries the failed keys of a bulk revocation again")
    .argument("<id>")
    .option("--wait", "wait until every key has ended or failed")
    .action(async (id: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions & { wait?: boolean }>();
      const context = await openContext(terminal, options);
      const retried = await context.portal.post<BulkRetried>(pathOfOne(id, "retry"), {});
      if (options.wait) return tellResult(context, await waitUntilFinished(context, id));
      if (options.output === "json") return printJson(terminal, retried);
      print(terminal, retried.message);
    });
}

function exportCommand(terminal: Terminal): Command {
  return new Command("export")
    .description("writes what became of the keys to a new file")
    .argument("<id>")
    .argument("<file>", "a new file")
    .addOption(new Option("--format <format>", "of the file").choices(["ndjson", "csv"]).default("csv"))
    .action(async (id: string, file: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions & { format: string }>();
      const { portal } = await openContext(terminal, options);
      const query = { format: options.format };
      const bytes = await saveExport(terminal, file, () => portal.download(pathOfOne(id, "export"), query));
      tell(terminal, `${file} has ${bytes} bytes. The export is written to the audit log.`);
    });
}

/** Waits until no key waits or runs, and tells how far it has come. Throws when nothing changes for a long time. */
export async function waitUntilFinished({ terminal, portal }: Context, id: string): Promise<BulkRevocation> {
  let told = "";
  let changed = Date.now();
  for (;;) {
    const revocation = await portal.get<BulkRevocation>(pathOfOne(id));
    if (revocation.finishedAt !== null) return revocation;
    const state = describeState(revocation);
    if (state !== told) {
      tell(terminal, state);
      changed = Date.now();
    }
    told = state;
    if (Date.now() - changed > STALLED_MS)
      throw new Failure("storage", `Nothing has changed for a while. Look: latchkey support revocations show ${id}`);
    await pause(PAUSE_MS);
  }
}

/** Prints the result of a finished bulk revocation. Throws when keys have failed, so that scripts notice. */
export function tellResult({ terminal, options }: Context, revocation: BulkRevocation): void {
  if (options.output === "json") printJson(terminal, revocation);
  else print(terminal, describeState(revocation));
  const { failed } = revocation.counts;
  if (failed > 0)
    throw new Failure("storage", `${countKeys(failed)} failed: latchkey support revocations show ${revocation.id}`);
}

function describeState({ finishedAt, keys, counts }: BulkRevocation): string {
  const { revoked, failed } = counts;
  const parts = [
    `${revoked} of ${countKeys(keys)} revoked`,
    counts["already-ended"] > 0 ? `${counts["already-ended"]} ended before` : "",
    failed > 0 ? `${failed} failed` : "",
    finishedAt === null ? "in progress" : "finished",
  ];
  return parts.filter(Boolean).join(", ");
}
