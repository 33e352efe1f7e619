import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { readExpiration, readOverlap } from "@/lib/cli/commands/dates";
import { waitForRefusal } from "@/lib/cli/commands/wait-for-refusal";
import { findPlace, findSlot, type GlobalOptions, openContext } from "@/lib/cli/context";
import type { AlreadyDone, DryRun, Issued } from "@/lib/cli/portal/replies";
import { decideSecretOutput, deliverSecret } from "@/lib/cli/secret-output";
import { printJson } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import { describeBound, findUsual } from "@/lib/revocation-bounds/rules";
import { Failure } from "@/lib/cli/failure";

interface IssueOptions extends GlobalOptions {
  name?: string;
  access?: string;
  userName?: string;
  expires?: string;
  keepOld?: string;
  secretFile?: string;
  showSecret?: boolean;
  dryRun?: boolean;
  wait?: boolean;
}

const withSecretOptions = (command: Command): Command =>
  command
    .option("--expires <when>", "a date such as 2027-03-31, or a time from now such as 12h or 90d")
    .option("--secret-file <file>", "keep the pair in this new file, readable by you only")
    .option("--show-secret", "show the secret key on the screen")
    .option("--dry-run", "make every check and change nothing");

/** Makes the key of a region, or a named key. */
export function createKeyCommand(terminal: Terminal): Command {
  const command = new Command("create")
    .description("enables CLI access: makes a key and shows its secret once")
    .option("--name <name>", "make a named key beside the default one")
    .addOption(new Option("--access <level>", "with --name: what the key may do").choices(["full", "read-only"]))
    .option("--user-name <email>", "for whom the key is made: yourself, or as a project admin another member");
  return withSecretOptions(command).action(async (_options: unknown, own: Command) => {
    const options = own.optsWithGlobals<IssueOptions>();
    const context = await openContext(terminal, options);
    const { card, path } = await findPlace(context);
    const { name, access, userName, dryRun } = options;
    const expirationDate = options.expires === undefined ? undefined : readExpiration(options.expires, new Date());
    const body = { requestId: randomUUID(), name, access, userName, expirationDate, dryRun };
    if (dryRun) return printDryRun(terminal, await context.portal.post<DryRun>(`${path}/enable`, body));
    await decideSecretOutput(terminal, options);
    const issued = await context.portal.post<Issued | AlreadyDone>(`${path}/enable`, body);
    await deliverSecret(terminal, card, requireIssued(issued), options);
  });
}

/** Replaces a key by a new one. */
export function regenerateCommand(terminal: Terminal): Command {
  const command = new Command("regenerate")
    .description("replaces the key by a new one and shows the new secret once")
    .option("--name <name>", "the named key of this name")
    .option("--keep-old <time>", "keep the old key beside the new one for 1h, 1d or 7d")
    .option("--wait", "wait until every gateway refuses the old key");
  return withSecretOptions(command).action(async (_options: unknown, own: Command) => {
    const options = own.optsWithGlobals<IssueOptions>();
    const context = await openContext(terminal, options);
    const place = await findPlace(context);
    const { card, path } = place;
    const { name, dryRun } = options;
    const slot = findSlot(card, name);
    const expirationDate = options.expires === undefined ? undefined : readExpiration(options.expires, new Date());
    const overlapSeconds = options.keepOld === undefined ? undefined : readOverlap(options.keepOld);
    const body = { requestId: randomUUID(), name, expirationDate, overlapSeconds, confirm: "confirm", dryRun };
    if (dryRun) return printDryRun(terminal, await context.portal.post<DryRun>(`${path}/regenerate`, body));
    await decideSecretOutput(terminal, options);
    const end = describeBound(card.region.revocationBoundSeconds, findUsual(card, "replaced"));
    const old = slot.key?.accessKeyId ?? "the current key";
    const kept = overlapSeconds === undefined ? `stops working ${end}` : `works on for ${options.keepOld}`;
    await confirm(terminal, `${old} is replaced, and ${kept}.`, options.yes);
    const issued = requireIssued(await context.portal.post<Issued | AlreadyDone>(`${path}/regenerate`, body));
    await deliverSecret(terminal, card, issued, options);
    if (options.wait && slot.key && overlapSeconds === undefined)
      await waitForRefusal(context, place, [slot.key.accessKeyId]);
    else if (issued.revoking > 0) tell(terminal, `The old key stops working ${end}.`);
  });
}

/** The new key. Throws when the reply has none, because the same change was made before. */
export function requireIssued(reply: Issued | AlreadyDone): Issued {
  if ("secretKey" in reply) return reply;
  throw new Failure("refused", reply.message);
}

/** Tells what a change would do. */
export function printDryRun(terminal: Terminal, reply: DryRun): void {
  if (terminal.output.isTTY) print(terminal, "Nothing was changed. The change would be accepted:");
  printJson(terminal, reply.wouldBe);
}
