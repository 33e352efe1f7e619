import { Command } from "commander";
import { type Context, findPlace, findProject, findSlot, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, readPages } from "@/lib/cli/portal/portal";
import type { Key, KeyDetail } from "@/lib/cli/portal/replies";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { print, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import { describeReceipt } from "@/lib/receipt-lines/rules";

const LIMIT = "100";

interface ListOptions extends GlobalOptions {
  state?: string;
  search?: string;
  name?: string;
  limit: string;
}

/** Lists the keys of a project, current and past. */
export function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists the keys of a project, current and past, newest first")
    .option("--state <state>", "only keys in this state, such as ACTIVE or REVOKED")
    .option("--search <text>", "only keys with this text in the access key id")
    .option("--name <name>", "only the named key of this name; default is the key without a name")
    .option("--limit <count>", "at most so many keys", LIMIT)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1) throw new Failure("usage", "Give the limit as a whole number.");
      const context = await openContext(terminal, options);
      const project = await findProject(context);
      const { region, state, search, name } = options;
      // One more than asked for tells whether there are more.
      const found = await readPages(async (cursor) => {
        const query = { region, state: state?.toUpperCase(), search, name, cursor };
        const page = await context.portal.get<{ keys: Key[]; next: string | null }>(
          pathOf("projects", project, "keys"),
          query,
        );
        return { lines: page.keys, next: page.next };
      }, limit + 1);
      const keys = found.slice(0, limit);
      if (options.output === "json") printJson(terminal, { keys });
      else printKeys(terminal, keys);
      if (found.length > limit) tell(terminal, `There are more keys than ${limit}: add --limit, or filter.`);
    });
}

function printKeys(terminal: Terminal, keys: readonly Key[]): void {
  printRows(
    terminal,
    ["ACCESS KEY", "REGION", "NAME", "ACCESS", "STATE", "CREATED", "BY", "EXPIRES", "LAST USED"],
    keys.map((key) => [
      key.accessKeyId,
      key.region,
      key.name ?? "default",
      key.access,
      key.state,
      key.creationDate.slice(0, 10),
      key.madeFor ? `${key.createdBy} for ${key.madeFor}` : key.createdBy,
      key.expirationDate?.slice(0, 10),
      key.lastUsedAt?.slice(0, 10),
    ]),
  );
}

interface ShowOptions extends GlobalOptions {
  name?: string;
}

/** Shows one key: its state, its dates, its receipts. */
export function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("shows one key; without an id the current key of the region")
    .argument("[access-key-id]", "the whole access key id")
    .option("--name <name>", "the current key of this name")
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ShowOptions>();
      const key = await readKey(await openContext(terminal, options), id, options.name);
      if (options.output === "json") return printJson(terminal, key);
      printKey(terminal, key);
    });
}

/** Shows what happened to one key, oldest first. */
export function historyCommand(terminal: Terminal): Command {
  return new Command("history")
    .description("shows what happened to one key, and its receipts")
    .argument("[access-key-id]", "the whole access key id")
    .option("--name <name>", "the current key of this name")
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ShowOptions>();
      const key = await readKey(await openContext(terminal, options), id, options.name);
      const { accessKeyId, history, receipts } = key;
      if (options.output === "json") return printJson(terminal, { accessKeyId, history, receipts });
      printRows(
        terminal,
        ["TIME", "WHAT"],
        history.map(({ at, sentence }) => [at, sentence]),
      );
      for (const line of receipts) print(terminal, describeReceipt(line));
    });
}

/** The key with this id, or the current key of the region. */
async function readKey(context: Context, id: string | undefined, name: string | undefined): Promise<KeyDetail> {
  const path = async (project: string, accessKeyId: string) =>
    context.portal.get<KeyDetail>(pathOf("projects", project, "keys", accessKeyId));
  if (id !== undefined) return path(await findProject(context), id);
  const { project, card } = await findPlace(context);
  const { key } = findSlot(card, name);
  if (key) return path(project, key.accessKeyId);
  throw new Failure("notAllowed", `There is no current key in ${card.region.name}. Make one: latchkey keys create`);
}

/** Prints one key, a line a field, then its receipts. */
export function printKey(terminal: Terminal, key: KeyDetail): void {
  printFields(terminal, {
    "Access key ID": key.accessKeyId,
    Region: key.region,
    Name: key.name ?? "default",
    Access: key.access,
    State: key.state,
    Created: `${key.creationDate} by ${key.createdBy}`,
    ...(key.madeFor ? { "Made for": key.madeFor } : {}),
    Expires: key.expirationDate ?? "never",
    "Last used": key.lastUsedAt ?? (key.lastUsedAsOf ? `never, as of ${key.lastUsedAsOf}` : "not known"),
    ...(key.endDate ? { Ended: `${key.endDate} by ${key.endedBy ?? "the portal"}`, Reason: key.endReason } : {}),
    ...(key.missingSince ? { Missing: `the storage system does not know it since ${key.missingSince}` } : {}),
  });
  for (const line of key.receipts) print(terminal, describeReceipt(line));
}
