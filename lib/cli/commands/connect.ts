import { Argument, Command, Option } from "commander";
import { getPair, decideSource, type PairOptions, type PairSource } from "@/lib/cli/commands/get-pair";
import { planShortLived } from "@/lib/cli/commands/short-lived";
import { isWritten, planFiles, type PlannedFile, type WrittenClient } from "@/lib/cli/connect/files";
import { explainFiles, writeFiles } from "@/lib/cli/connect/write-files";
import { type Context, findPlace, findSlot, type GlobalOptions, openContext, type Place } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { printJson } from "@/lib/cli/terminal/output";
import { ask } from "@/lib/cli/terminal/prompt";
import { readSecret } from "@/lib/cli/terminal/read-secret";
import { isInteractive, print, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import {
  CLIENT_NAMES,
  type ClientName,
  type Connection,
  connectionOf,
  guideClient,
  nameProfile,
  SECRET_PLACEHOLDER,
} from "@/lib/clients/rules";
import { shellWord, type Snippet } from "@/lib/clients/snippets/snippet";
import { describeBound, findUsual } from "@/lib/revocation-bounds/rules";

interface ConnectOptions extends GlobalOptions, PairOptions {
  profileName?: string;
  print?: boolean;
  shortLived?: boolean;
  hours?: string;
}

/** Connects a client: writes its configuration, or prints it. */
export function connectCommand(terminal: Terminal): Command {
  return new Command("connect")
    .description("writes the configuration of a client for a key, after asking")
    .addArgument(new Argument("<client>", "the program to connect").choices(CLIENT_NAMES))
    .option("--profile-name <name>", "what the profile, remote or alias is called; left out: as the region")
    .option("--name <name>", "the named key of this name; left out: the default key")
    .addOption(new Option("--create", "make the key").conflicts(["regenerate", "secretStdin", "shortLived"]))
    .addOption(new Option("--regenerate", "replace the key by a new one").conflicts(["secretStdin", "shortLived"]))
    .addOption(new Option("--secret-stdin", "read the key's secret from standard input").conflicts(["shortLived"]))
    .addOption(new Option("--access <level>", "of a new named key: what it may do").choices(["full", "read-only"]))
    .option("--expires <when>", "of a new key: a date such as 2027-03-31, or a time from now such as 12h or 90d")
    .addOption(new Option("--short-lived", "aws only: take a short-lived key whenever one is needed").conflicts("name"))
    .option("--hours <hours>", "with --short-lived: how long such a key is valid")
    .option("--print", "print the texts and write nothing")
    .action(async (client: ClientName, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<ConnectOptions>();
      refuseOptions(client, options);
      const context = await openContext(terminal, options);
      const place = await findPlace(context);
      if (!isWritten(client) || options.print) await printTexts(context, place, client, options);
      else if (options.shortLived) await connectShortLived(context, place, options);
      else await connect(context, place, client, options);
    });
}

const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

function refuseOptions(client: ClientName, options: ConnectOptions): void {
  const { profileName, shortLived, hours, create, regenerate } = options;
  if (profileName !== undefined && !PROFILE_NAME.test(profileName))
    throw new Failure(
      "usage",
      "The name has letters, digits, hyphens and underscores, at most 64. Nothing was changed.",
    );
  if (shortLived && client !== "aws") throw new Failure("usage", "--short-lived is for aws only. Nothing was changed.");
  if (hours !== undefined && !shortLived)
    throw new Failure("usage", "--hours is for --short-lived. Nothing was changed.");
  if ((create || regenerate) && (options.print || !isWritten(client)))
    throw new Failure(
      "usage",
      "Nothing is written here, so no key is made. Use latchkey keys create or latchkey keys regenerate first.",
    );
}

async function connect(context: Context, place: Place, client: WrittenClient, options: ConnectOptions): Promise<void> {
  const { terminal } = context;
  const { card, project } = place;
  const { name, access } = options;
  const slot = name === undefined ? card : card.named.find((other) => other.name === name);
  const source = decideSource(terminal, place, slot, options);
  const profile = options.profileName ?? chooseProfile(card.region.name, name, source);
  const files = planFiles(client, { profile, env: terminal.env });
  // All files are looked at first: a file that cannot be written costs no key.
  const heading = `${describeSource(source)} of ${project} in ${card.region.name} for ${client}, as ${profile}:`;
  await explainFiles(terminal, heading, files, source.kind === "create" ? undefined : source.accessKeyId);
  if (source.kind === "regenerate") {
    const end = describeBound(card.region.revocationBoundSeconds, findUsual(card, "replaced"));
    tell(terminal, `The key ${source.accessKeyId} is replaced by a new one, and stops working ${end}.`);
  }
  await confirmWriting(terminal, options.yes, source.kind === "regenerate" ? "confirm" : "yes");
  const pair = await getPair(context, place, source, options);
  const level = { access: slot?.access ?? (access === "read-only" ? access : "full") } as const;
  const connection = { ...connectionOf({ region: card.region, name: name ?? null, ...level }, pair), profile };
  await writeFiles(files, connection).catch((error: unknown) => {
    if (source.kind === "ask") throw error;
    const again = `latchkey connect ${client} --regenerate${name === undefined ? "" : ` --name ${shellWord(name)}`}`;
    throw new Failure(
      "unexpected",
      `The key ${pair.accessKeyId} was made, and its configuration could not be written. ` +
        `Nobody can show its secret again. Get a new one: ${again}`,
      { cause: error },
    );
  });
  printWritten(terminal, client, connection, files, options);
}

function describeSource(source: PairSource): string {
  return source.kind === "create" ? "A new key" : `The key ${source.accessKeyId}`;
}

/** What the profile is called. The key may not exist yet, and its id stands in some names. */
function chooseProfile(region: string, name: string | undefined, source: PairSource): string {
  const ids = source.kind === "ask" ? [source.accessKeyId] : ["0000", "1111"];
  const [profile, ...others] = ids.map((id) => nameProfile(region, name ?? null, id));
  if (profile !== undefined && others.every((other) => other === profile)) return profile;
  throw new Failure("usage", "Clients take no such name: add --profile-name NAME. Nothing was changed.");
}

async function connectShortLived(context: Context, place: Place, options: ConnectOptions): Promise<void> {
  const { terminal } = context;
  const { connection, credentialProcess, refuseStanding } = planShortLived(context, place, options);
  const { profile } = connection;
  const files = planFiles("aws", { profile, env: terminal.env, credentialProcess });
  await refuseStanding();
  const heading = `Short-lived keys of ${place.project} in ${place.card.region.name} for aws, as ${profile}:`;
  await explainFiles(terminal, heading, files, undefined);
  await confirmWriting(terminal, options.yes, "yes");
  await writeFiles(files, connection);
  printWritten(terminal, "aws", connection, files, options);
}

async function confirmWriting(terminal: Terminal, yes: boolean | undefined, word: "yes" | "confirm"): Promise<void> {
  if (yes) return;
  if (!isInteractive(terminal))
    throw new Failure("unconfirmed", "Nobody can answer here: add --yes to confirm. Nothing was changed.");
  const typed = await ask(terminal, `Write this? Type ${word}: `);
  if (typed.trim().toLowerCase() !== word)
    throw new Failure("unconfirmed", `The word ${word} was not typed. Nothing was changed.`);
}

function printWritten(
  terminal: Terminal,
  client: WrittenClient,
  { secretAccessKey: _secret, ...connection }: Connection,
  files: readonly PlannedFile[],
  { output, shortLived }: ConnectOptions,
): void {
  const { profile, accessKeyId } = connection;
  const paths = files.map(({ path }) => path);
  if (output === "json")
    return printJson(terminal, { client, profile, accessKeyId: shortLived ? null : accessKeyId, files: paths });
  for (const path of paths) print(terminal, `Written: ${path}`);
  const commands = guideClient(client, connection).snippets.filter(({ kind }) => kind === "commands");
  const lines = commands.flatMap(({ text }) => text.trim().split("\n"));
  print(terminal, "Try it:");
  // A command with the secret would enter what the files have by now.
  for (const line of lines.filter((text) => !text.includes(SECRET_PLACEHOLDER))) print(terminal, `  ${line}`);
}

async function printTexts(context: Context, place: Place, client: ClientName, options: ConnectOptions): Promise<void> {
  const { terminal } = context;
  if (options.shortLived) {
    const { snippet } = planShortLived(context, place, options);
    return printSnippets(terminal, [snippet], [], options);
  }
  const slot = findSlot(place.card, options.name);
  if (!slot.key)
    throw new Failure(
      "notAllowed",
      `There is no current key in ${place.card.region.name}. Make one: latchkey keys create`,
    );
  const { accessKeyId } = slot.key;
  const secretAccessKey = options.secretStdin ? await readSecret(terminal, accessKeyId) : undefined;
  const made = connectionOf({ ...slot, region: place.card.region }, { accessKeyId, secretAccessKey });
  const { snippets, notes } = guideClient(client, { ...made, profile: options.profileName ?? made.profile });
  printSnippets(terminal, snippets, notes, options);
}

function printSnippets(terminal: Terminal, snippets: Snippet[], notes: string[], { output }: ConnectOptions): void {
  if (output === "json") return printJson(terminal, { snippets, notes });
  for (const { title, path, text } of snippets)
    print(terminal, `# ${title}${path === undefined ? "" : ` (${path})`}\n${text}`);
  for (const note of notes) tell(terminal, `Note: ${note}`);
}
