import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { readExpiration, readOverlap } from "@/lib/cli/commands/dates";
import { findKeyPlace } from "@/lib/cli/commands/find-key-place";
import { nameEndingKeys } from "@/lib/cli/commands/name-ending-keys";
import { printDryRun } from "@/lib/cli/commands/issue-keys";
import { describeEnd, waitForRefusal } from "@/lib/cli/commands/wait-for-refusal";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import type { AlreadyDone, DryRun, Revoking, Updated } from "@/lib/cli/portal/replies";
import { printJson } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";
import { describeBound, findUsual } from "@/lib/revocation-bounds/rules";

const WHOLE_ID = "the whole access key id; refused when it is not the current key";

interface ChangeOptions extends GlobalOptions {
  name?: string;
  reason?: string;
  dryRun?: boolean;
  wait?: boolean;
}

const withName = (command: Command): Command =>
  command
    .option("--name <name>", "the named key of this name; left out: the default key")
    .option("--dry-run", "make every check and change nothing");

/** Ends a key for good. */
export function disableCommand(terminal: Terminal): Command {
  return withName(new Command("disable"))
    .description("disables the access: ends the key for good")
    .argument("[access-key-id]", WHOLE_ID)
    .option("--reason <text>", "why; support staff must say")
    .option("--wait", "wait until every gateway refuses the key")
    .action(async (id: string | undefined, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<ChangeOptions>();
      const context = await openContext(terminal, options);
      const { place, slot, name } = await findKeyPlace(context, id, options.name);
      const { card, path, project } = place;
      const { reason, dryRun } = options;
      // The question names this key. Another one that takes its place meanwhile is not ended.
      const accessKeyId = id ?? slot.key?.accessKeyId;
      const body = { requestId: randomUUID(), name, accessKeyId, reason, confirm: "confirm", dryRun };
      if (dryRun) return printDryRun(terminal, await context.portal.post<DryRun>(`${path}/disable`, body));
      const end = describeBound(card.region.revocationBoundSeconds, findUsual(card, "ended"));
      await confirm(
        terminal,
        `${nameEndingKeys(slot, id)} of ${project} in ${card.region.name} ends for good, ${end}.`,
        options.yes,
      );
      const ended = await context.portal.post<Revoking | AlreadyDone>(`${path}/disable`, body);
      const ids = "accessKeyIds" in ended ? ended.accessKeyIds : [];
      const receipts = options.wait && ids.length > 0 ? await waitForRefusal(context, place, ids) : undefined;
      if (options.output === "json") return printJson(terminal, { ...ended, ...(receipts ? { receipts } : {}) });
      print(terminal, receipts ? describeEnd(receipts) : ended.message);
    });
}

/** A change of a key that exists: what it is sent to, and its fields. */
interface Change {
  at: "" | "/retire" | "/keep-longer";
  fields: object;
  /** The key that is meant; without an id the current one. */
  accessKeyId?: string | undefined;
}

function changeCommand(
  terminal: Terminal,
  command: Command,
  compose: (options: ChangeOptions, argument: string | undefined) => Change,
): Command {
  return withName(command).action(async (...given: unknown[]) => {
    const own = given.at(-1) as Command;
    const argument = typeof given[0] === "string" ? given[0] : undefined;
    const options = own.optsWithGlobals<ChangeOptions>();
    const { at, fields, accessKeyId } = compose(options, argument);
    const context = await openContext(terminal, options);
    const { place, name } = await findKeyPlace(context, accessKeyId, options.name);
    const body = { requestId: randomUUID(), name, accessKeyId, dryRun: options.dryRun, ...fields };
    const send = at === "" ? context.portal.patch : context.portal.post;
    const reply = await send<Updated | DryRun>(`${place.path}${at}`, body);
    if ("wouldBe" in reply) return printDryRun(terminal, reply);
    if (options.output === "json") return printJson(terminal, reply);
    print(terminal, reply.message);
  });
}

/** Switches a key off. */
export function deactivateCommand(terminal: Terminal): Command {
  const command = new Command("deactivate")
    .description("switches the key off; activate switches it on again")
    .argument("[access-key-id]", WHOLE_ID)
    .option("--reason <text>", "why; support staff must say");
  return changeCommand(terminal, command, ({ reason }, accessKeyId) => ({
    at: "",
    fields: { state: "INACTIVE", reason },
    accessKeyId,
  }));
}

/** Switches a key on again. */
export function activateCommand(terminal: Terminal): Command {
  const command = new Command("activate").description("switches the key on again");
  return changeCommand(terminal, command, () => ({ at: "", fields: { state: "ACTIVE" } }));
}

/** Sets or clears the date of a key. */
export function setExpirationCommand(terminal: Terminal): Command {
  const command = new Command("set-expiration")
    .description("sets when the key expires")
    .argument("<when>", "a date such as 2027-03-31, a time from now such as 12h or 90d, or never");
  return changeCommand(terminal, command, (_options, when = "") => ({
    at: "",
    fields: { expirationDate: when === "never" ? null : readExpiration(when, new Date()) },
  }));
}

/** Ends the overlap of a regeneration. */
export function retireCommand(terminal: Terminal): Command {
  const command = new Command("retire").description("ends the old key that is kept beside the new one");
  return changeCommand(terminal, command, () => ({ at: "/retire", fields: {} }));
}

/** Prolongs the overlap of a regeneration. */
export function keepLongerCommand(terminal: Terminal): Command {
  const command = new Command("keep-longer")
    .description("keeps the old key beside the new one for longer")
    .argument("<time>", "from now on: 1h, 1d or 7d");
  return changeCommand(terminal, command, (_options, time = "") => ({
    at: "/keep-longer",
    fields: { overlapSeconds: readOverlap(time) },
  }));
}
