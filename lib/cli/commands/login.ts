import { Command, Option } from "commander";
import { endKeys } from "@/lib/cli/credentials/end-keys";
import { getToken, readAccount, type TokenOptions } from "@/lib/cli/commands/get-token";
import { type Context, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { openPortal } from "@/lib/cli/portal/portal";
import type { Account } from "@/lib/cli/portal/replies";
import {
  assertProfilesWritable,
  changeProfiles,
  DEFAULT_PROFILE,
  nameOfProfile,
  type Profile,
  profilesPath,
  readPortalUrl,
  readProfiles,
} from "@/lib/cli/profiles/profiles";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { tell, type Terminal } from "@/lib/cli/terminal/terminal";

const DAYS = "30";

interface LoginOptions extends GlobalOptions, TokenOptions {
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
      new Option("--scope <scope>", "with --email: what it may do")
        .choices(["read", "write", "manage"])
        .default("write"),
    )
    .option("--days <days>", "with --email: how long it is valid", DAYS)
    .option("--allow-http", "send the token over plain http, where others can read it")
    .action(async (address: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LoginOptions>();
      if (options.email === undefined) refuseWishes(command);
      const url = readPortalUrl(address, options.allowHttp);
      const name = nameOfProfile(terminal, options.profile);
      // The file is looked at first: a token that cannot be kept is not asked for.
      await assertProfilesWritable(terminal);
      const token = await getToken(terminal, url, options);
      // A token that was made here and cannot be kept would work for weeks, and nobody would have it.
      await keepToken(terminal, { url, token }, name, options).catch(async (error: unknown) => {
        if (options.email !== undefined)
          await openPortal(url, token)
            .post("/account/revoke-token", {})
            .catch(() => undefined);
        throw error;
      });
    });
}

/** Throws when an option describes the token that a password gets, and there is no password. */
function refuseWishes(command: Command): void {
  const given = ["name", "scope", "days"].find((option) => command.getOptionValueSource(option) === "cli");
  if (given !== undefined)
    throw new Failure("usage", `--${given} is for --email: a token that you have is what it is. Nothing was changed.`);
}

async function keepToken(
  terminal: Terminal,
  { url, token }: Profile,
  name: string,
  options: LoginOptions,
): Promise<void> {
  const account = await readAccount(openPortal(url, token));
  const { project, expirationDate } = account.token;
  if (options.project !== undefined && project !== null && project !== options.project)
    throw new Failure("usage", `This token is for the project ${project}. Nothing was changed.`);
  const region = options.region === undefined ? {} : { region: options.region };
  let former: Profile | undefined;
  await changeProfiles(terminal, (profiles) => {
    former = profiles[name];
    profiles[name] = {
      url,
      token,
      email: account.email,
      project: project ?? options.project ?? null,
      expirationDate,
      ...region,
    };
  });
  const where = project === null ? "all your projects" : `the project ${project}`;
  const use = name === DEFAULT_PROFILE ? "" : ` Use it with --profile ${name}.`;
  tell(
    terminal,
    `Signed in as ${account.name} (${account.email}), for ${where}, until ${expirationDate.slice(0, 10)}.${use}`,
  );
  if (former && former.token !== token)
    tell(terminal, "The token that the profile had before still works. To end it: Account, Access tokens.");
}

/** Revokes the token of the profile and forgets it. */
export function logoutCommand(terminal: Terminal): Command {
  return new Command("logout")
    .description("revokes the token of the profile and forgets the profile")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const name = nameOfProfile(terminal, options.profile);
      const profile = (await readProfiles(terminal))[name];
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
      await changeProfiles(terminal, (profiles) => {
        if (profiles[name]?.token === profile.token) delete profiles[name];
      });
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
