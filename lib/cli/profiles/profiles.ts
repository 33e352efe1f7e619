import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "@/lib/cli/failure";
import { readOwnFile, readPrivateFile, writePrivateFile } from "@/lib/cli/profiles/private-file";
import type { Terminal } from "@/lib/cli/terminal/terminal";

/** A portal with a token of a person, and what the commands take when it is left out. */
export interface Profile {
  url: string;
  token: string;
  email?: string;
  /** Null: the token works in every project. */
  project?: string | null;
  region?: string;
  /** When the token expires, in ISO 8601. */
  expirationDate?: string;
}

export type Profiles = Record<string, Profile>;

export const DEFAULT_PROFILE = "default";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Where the profiles are kept. */
export function profilesPath({ env }: Pick<Terminal, "env">): string {
  if (env.LATCHKEY_CONFIG) return env.LATCHKEY_CONFIG;
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "latchkey", "profiles.json");
}

/** All profiles by name. Throws when the file is not what this program wrote. */
export async function readProfiles(terminal: Pick<Terminal, "env">): Promise<Profiles> {
  const path = profilesPath(terminal);
  const text = await readPrivateFile(path);
  if (text === undefined) return withoutInherited({});
  try {
    const { profiles } = JSON.parse(text) as { profiles?: unknown };
    if (typeof profiles === "object" && profiles !== null && Object.values(profiles).every(isProfile))
      return withoutInherited(profiles as Profiles);
  } catch {
    // The same sentence: what stands in the file may be a secret.
  }
  throw new Failure("usage", `${path} was not written by latchkey. Move it away, then sign in again.`);
}

/** `constructor` is a name like others: without a prototype there is no profile of it unless somebody made one. */
const withoutInherited = (profiles: Profiles): Profiles => Object.assign(Object.create(null) as Profiles, profiles);

const isProfile = (value: unknown): value is Profile =>
  typeof value === "object" &&
  value !== null &&
  "url" in value &&
  typeof value.url === "string" &&
  "token" in value &&
  typeof value.token === "string";

/** Throws when the profiles cannot be kept, or are not what this program wrote. */
export async function assertProfilesWritable(terminal: Pick<Terminal, "env">): Promise<void> {
  await readOwnFile(profilesPath(terminal));
  await readProfiles(terminal);
}

/**
 * Changes the kept profiles, which their owner alone can read. They are read again: another command may have changed them
 * while a person was asked.
 */
export async function changeProfiles(
  terminal: Pick<Terminal, "env">,
  change: (profiles: Profiles) => void,
): Promise<void> {
  const profiles = await readProfiles(terminal);
  change(profiles);
  await writePrivateFile(profilesPath(terminal), `${JSON.stringify({ profiles }, null, 2)}\n`);
}

/** The name of the profile that a command uses. Throws for a name that no profile can have. */
export function nameOfProfile({ env }: Pick<Terminal, "env">, given: string | undefined): string {
  const name = given ?? (env.LATCHKEY_PROFILE || DEFAULT_PROFILE);
  if (NAME.test(name)) return name;
  throw new Failure("usage", "The name of a profile has letters, digits, dots, hyphens and underscores, at most 64.");
}

/** The profile that a command uses: LATCHKEY_URL and LATCHKEY_TOKEN together, or a kept one. */
export async function findProfile(terminal: Pick<Terminal, "env">, given: string | undefined): Promise<Profile> {
  const { LATCHKEY_URL: url, LATCHKEY_TOKEN: token } = terminal.env;
  if (given === undefined && token) {
    if (!url) throw new Failure("usage", "LATCHKEY_TOKEN is set, and LATCHKEY_URL is not. Set both.");
    if (!isTokenText(token)) throw new Failure("usage", "LATCHKEY_TOKEN is not a token: it has a sign that none has.");
    return { url: readPortalUrl(url, terminal.env.LATCHKEY_ALLOW_HTTP === "1"), token };
  }
  const name = nameOfProfile(terminal, given);
  const profile = (await readProfiles(terminal))[name];
  if (profile) return profile;
  const line = name === DEFAULT_PROFILE ? "latchkey login URL" : `latchkey login URL --profile ${name}`;
  throw new Failure("signedOut", `You are not signed in. Run: ${line}`);
}

/** Whether a text may be a token, and so stand in a header. */
export const isTokenText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The address of a portal. Throws for what is none, and for plain http to another machine, which would show the token. */
export function readPortalUrl(text: string, allowHttp = false): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.pathname !== "/" || url.search)
    throw new Failure("usage", "Give the address of the portal, such as https://portal.example.org.");
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname) && !allowHttp)
    throw new Failure("usage", "Plain http would show the token to the network. Use https, or add --allow-http.");
  return url.origin;
}
