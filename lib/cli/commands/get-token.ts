import { hostname } from "node:os";
import { Failure } from "@/lib/cli/failure";
import { openPortal, type Portal } from "@/lib/cli/portal/portal";
import type { Account, CreatedToken } from "@/lib/cli/portal/replies";
import { isTokenText } from "@/lib/cli/profiles/profiles";
import { askSecretly, readPiped } from "@/lib/cli/terminal/prompt";
import { readUser } from "@/lib/cli/terminal/read-user";
import { isInteractive, type Terminal } from "@/lib/cli/terminal/terminal";

export interface TokenOptions {
  email?: string;
  stdin?: boolean;
  /** Of a new token. */
  name?: string;
  project?: string;
  scope: "read" | "write" | "manage";
  days: string;
}

const NAME_MAX = 100;

/** A token of the portal: the one that a person types or pipes in, or a new one for a password. */
export async function getToken(terminal: Terminal, url: string, options: TokenOptions): Promise<string> {
  const { email } = options;
  if (email === undefined) return readToken(terminal, options);
  const expiresInDays = Number(options.days);
  if (!Number.isInteger(expiresInDays)) throw new Failure("usage", "Give the days as a whole number.");
  const password = await readSecret(terminal, options, `Password of ${email}: `);
  const { project, scope } = options;
  const name = options.name ?? `latchkey of ${readUser()} at ${hostname()}`.slice(0, NAME_MAX);
  const wish = { email, password, name, scope, expiresInDays, ...(project === undefined ? {} : { project }) };
  const { token } = await openPortal(url).post<Partial<CreatedToken>>("/tokens", wish);
  if (typeof token === "string" && isTokenText(token)) return token;
  throw refuseServer(url);
}

async function readToken(terminal: Terminal, options: TokenOptions): Promise<string> {
  const token = await readSecret(terminal, options, "Token: ");
  if (isTokenText(token)) return token;
  throw new Failure("usage", "This is not a token. Make one in the portal: Account, Access tokens.");
}

function readSecret(terminal: Terminal, { stdin }: TokenOptions, question: string): Promise<string> {
  if (stdin) return readPiped(terminal);
  if (isInteractive(terminal)) return askSecretly(terminal, question);
  throw new Failure("usage", "Nobody can type here: pipe the token or the password in, and add --stdin.");
}

/** The person of a token, and what the token may do. Throws for the reply of another kind of server. */
export async function readAccount({ url, get }: Portal): Promise<Account> {
  const reply = await get<Partial<Account> | null>("/account");
  const isAccount = typeof reply?.email === "string" && typeof reply.token?.expirationDate === "string";
  if (!isAccount) throw refuseServer(url);
  return reply as Account;
}

const refuseServer = (url: string) =>
  new Failure("unexpected", `${url} is no Latchkey portal, or one of another version. Nothing was changed.`);
