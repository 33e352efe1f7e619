import { hostname, userInfo } from "node:os";
import { Command, Option } from "commander";
import { endKeys } from "@/lib/cli/credentials/end-keys";
import { type Context, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { openPortal } from "@/lib/cli/portal/portal";
import type { Account, CreatedToken } from "@/lib/cli/portal/replies";
import {
  DEFAULT_PROFILE,
  nameOfProfile,
  profilesPath,
  readPortalUrl,
  readProfiles,
  writeProfiles,
} from "@/lib/cli/profiles/profiles";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { askSecretly, readPiped } from "@/lib/cli/terminal/prompt";
import { isInteractive, tell, type Terminal } from "@/lib/cli/terminal/terminal";

const DAYS = "30";

interface LoginOptions extends GlobalOptions {
  email?: string;
  stdin?: boolean;
  name?: string;
  scope: "read" | "write";
  days: string;
  allowHttp?: boolean;
}

/** Signs in at a portal: with a token, or with a password, for which the portal gives a token. */
export function loginCommand(terminal: Terminal): Command {
  return new Command("login")
    .description("signs in at a portal and keeps the token in a profile")
    .argument("<url>", "the address of the portal")
    .option("--email <address>", "sign in with this e-mail address and a password, for which the portal gives a token")
    .option("--stdin", "read the token or the password from standard input")
    .option("--name <name>", "with --email: what the new token is called")
    .addOption(
      new Option("--scope <scope>", "with --email: what it may do").choices(["read", "write"]).default("write"),
    )
    .option("--days <days>", "with --email: how long it is valid", DAYS)
    .option("--allow-http", "send the token over plain http, where others can read it")
    .action(async (address: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LoginOptions>();
      const url = readPortalUrl(address, options.allowHttp);
      const name = nameOfProfile(terminal, options.profile);
      // The file is looked at first: a token that cannot be kept is not asked for.
      const profiles = await readProfiles(terminal);
      const token = options.email
        ? await getToken(terminal, url, options.email, options)
        : await readToken(terminal, options);
      const account = await openPortal(url, token).get<Account>("/account");
      const { project, expirationDate } = account.token;
      const region = options.region === undefined ? {} : { region: options.region };
      profiles[name] = { url, token, email: account.email, project, expirationDate, ...region };
      await writeProfiles(terminal, profiles);
      const where = project === null ? "all your projects" : `the project ${project}`;
      const use = name === DEFAULT_PROFILE ? "" : ` Use it with --profile ${name}.`;
      tell(
        terminal,
        `Signed in as ${account.name} (${account.email}), for ${where}, until ${expirationDate.slice(0, 10)}.${use}`,
      );
    });
}

async function readToken(terminal: Terminal, options: LoginOptions): Promise<string> {
  const token = await readSecret(terminal, options, "Token: ");
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Failure("usage", "This is not a token. Make one in the portal: Account, Access tokens.");
}

async function getToken(terminal: Terminal, url: string, email: string, options: LoginOptions): Promise<string> {
  const password = await readSecret(terminal, options, `Password of ${email}: `);
  const expiresInDays = Number(options.days);
  if (!Number.isInteger(expiresInDays)) throw new Failure("usage", "Give the days as a whole number.");
  const { project, scope } = options;
  const name = options.name ?? `latchkey of ${userInfo().username} at ${hostname()}`.slice(0, 100);
  const wish = { email, password, name, scope, expiresInDays, ...(project === undefined ? {} : { project }) };
  return (await openPortal(url).post<CreatedToken>("/tokens", wish)).token;
}

function readSecret(terminal: Terminal, { stdin }: LoginOptions, question: string): Promise<string> {
  if (stdin) return readPiped(terminal);
  if (isInteractive(terminal)) return askSecretly(terminal, question);
  throw new Failure("usage", "Nobody can type here: pipe the token or the password in, and add --stdin.");
}

/** Revokes the token of the profile and forgets it. */
export function logoutCommand(terminal: Terminal): Command {
  return new Command("logout")
    .description("revokes the token of the profile and forgets the profile")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const name = nameOfProfile(terminal, options.profile);
      const profiles = await readProfiles(terminal);
      const profile = profiles[name];
      if (!profile) throw new Failure("signedOut", `There is no profile ${name}.`);
      const portal = openPortal(profile.url, profile.token);
      await endShortLivedKeys({ terminal, options: {}, profile, portal });
      const revoked = await portal
        .post("/account/revoke-token", {})
        .then(() => true)
        .catch((error: unknown) => {
          if (error instanceof Failure && error.exit === "signedOut") return false;
          throw error;
        });
      delete profiles[name];
      await writeProfiles(terminal, profiles);
      tell(terminal, revoked ? "The token is revoked." : "The token did not work any more. The profile is forgotten.");
    });
}

/** A key that cannot be ended does not keep anybody signed in: it ends at its date. */
async function endShortLivedKeys(context: Context): Promise<void> {
  const { terminal } = context;
  try {
    const ended = await endKeys(context);
    if (ended.length > 0) tell(terminal, `The end of ${ended.join(" and ")} is decided.`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell(terminal, `${error.message} The short-lived keys of this machine end at their dates.`);
  }
}

/** Shows whose token the profile has. */
export function whoamiCommand(terminal: Terminal): Command {
  return new Command("whoami")
    .description("shows whose token the profile has, and what it may do")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      const account = await portal.get<Account>("/account");
      if (options.output === "json") return printJson(terminal, account);
      const { name, project, scope, expirationDate } = account.token;
      printFields(terminal, {
        Portal: portal.url,
        Name: account.name,
        "E-mail": account.email,
        Token: name,
        Project: project ?? "all",
        Scope: scope,
        Expires: expirationDate,
      });
    });
}

/** Lists the profiles, without their tokens. */
export function profilesCommand(terminal: Terminal): Command {
  return new Command("profiles")
    .description("lists the profiles")
    .action(async (_options: unknown, command: Command) => {
      const profiles = Object.entries(await readProfiles(terminal));
      const rows = profiles.map(([name, { token: _token, ...shown }]) => ({ name, ...shown }));
      if (command.optsWithGlobals<GlobalOptions>().output === "json")
        return printJson(terminal, { file: profilesPath(terminal), profiles: rows });
      printRows(
        terminal,
        ["PROFILE", "PORTAL", "E-MAIL", "PROJECT", "REGION", "EXPIRES"],
        rows.map(({ name, url, email, project, region, expirationDate }) => [
          name,
          url,
          email,
          project ?? "all",
          region,
          expirationDate?.slice(0, 10),
        ]),
      );
    });
}
