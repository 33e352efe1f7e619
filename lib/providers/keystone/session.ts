import { createHmac, randomBytes } from "node:crypto";
import { sendOutbound } from "@/lib/platform/net/outbound";
import { OutboundError } from "@/lib/platform/net/outbound-error";
import { parseJson } from "@/lib/platform/text/parse-json";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { loginReplySchema } from "@/lib/providers/keystone/replies";
import { ANSWER_MAX_BYTES } from "@/lib/providers/network-failure";

/** Whom the portal signs in as, and where. */
export interface IdentityAccess {
  identityUrl: string;
  userName: string;
  userDomain: string;
  projectName: string;
  projectDomain: string;
  password: Secret;
}

export interface Session {
  token: Secret;
  /** On this process's monotonic clock: Keystone's own may be off. Milliseconds. */
  renewAt: number;
  /** By how much Keystone's clock was ahead of ours at the login. Milliseconds. */
  aheadMs: number;
}

/** Shorter than a call's deadline, so that a slow login is told from a slow change. */
const LOGIN_WITHIN_MS = 6_000;
/** So long before its end a token is renewed, or a quarter of its life where that is shorter. */
const RENEW_BEFORE_MS = 60_000;

/** A driver is made anew for every call; its session outlives it. By who signs in where, with what. */
const sessions = new Map<string, Promise<Session>>();
const NAMING_KEY = randomBytes(32);

/**
 * A session that has not ended; concurrent callers share one login. A login changes nothing, so its failure is
 * `denied` or `unavailable`, never `ambiguous`.
 */
export async function openSession(access: IdentityAccess): Promise<Session> {
  const name = nameOf(access);
  const known = sessions.get(name);
  if (known) {
    const session = await known;
    if (performance.now() < session.renewAt) return session;
    forget(name, known);
    return openSession(access);
  }
  const login = logIn(access);
  sessions.set(name, login);
  login.catch(() => forget(name, login));
  return login;
}

/** Makes the next caller sign in anew, unless somebody has done so since. */
export async function dropSession(access: IdentityAccess, session: Session): Promise<void> {
  const name = nameOf(access);
  const known = sessions.get(name);
  if (known && (await known) === session) forget(name, known);
}

function forget(name: string, login: Promise<Session>): void {
  if (sessions.get(name) === login) sessions.delete(name);
}

/** With the password in it: a wrong one must not work on with the token of the right one. */
function nameOf(access: IdentityAccess): string {
  const { identityUrl, userName, userDomain, projectName, projectDomain, password } = access;
  const parts = [identityUrl, userName, userDomain, projectName, projectDomain, password.reveal()];
  return createHmac("sha256", NAMING_KEY).update(JSON.stringify(parts)).digest("base64");
}

async function logIn(access: IdentityAccess): Promise<Session> {
  const request = {
    method: "POST" as const,
    headers: { "content-type": "application/json" },
    body: composeLogin(access),
    signal: AbortSignal.timeout(LOGIN_WITHIN_MS),
    maxBytes: ANSWER_MAX_BYTES,
  };
  const url = new URL(`${access.identityUrl}/auth/tokens?nocatalog`);
  const { status, headers, text } = await sendOutbound(url, request).catch((error: unknown) => {
    const why = error instanceof OutboundError ? `: ${error.message}` : "";
    throw new ProviderError("unavailable", `Keystone does not answer${why}`);
  });
  if (status === 401 || status === 403) {
    const what = `Keystone refuses ${access.userName}: the name or password is wrong, or there is no role in ${access.projectName}`;
    throw new ProviderError("denied", what, { status });
  }
  if (status === 429) throw new ProviderError("throttled", "Keystone has too many logins to answer", { status });
  const token = headers["x-subject-token"];
  const reply = loginReplySchema.safeParse(parseJson(text));
  if (status !== 201 || typeof token !== "string" || !reply.success) {
    throw new ProviderError("unavailable", `no Keystone answers at ${access.identityUrl} (${status})`, { status });
  }
  const { issued_at: issued, expires_at: expires } = reply.data.token;
  const lifeMs = expires.getTime() - issued.getTime();
  return {
    token: new Secret(token),
    renewAt: performance.now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 4),
    aheadMs: issued.getTime() - Date.now(),
  };
}

function composeLogin({ userName, userDomain, projectName, projectDomain, password }: IdentityAccess): string {
  const user = { name: userName, domain: { name: userDomain }, password: password.reveal() };
  return JSON.stringify({
    auth: {
      identity: { methods: ["password"], password: { user } },
      scope: { project: { name: projectName, domain: { name: projectDomain } } },
    },
  });
}
