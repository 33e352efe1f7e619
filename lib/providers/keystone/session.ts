import { createHmac, randomBytes } from "node:crypto";
import { sendOutbound } from "@/lib/platform/net/outbound";
import { OutboundError } from "@/lib/platform/net/outbound-error";
import { parseJson } from "@/lib/platform/text/parse-json";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { loginReplySchema } from "@/lib/providers/keystone/replies";
import { ANSWER_MAX_BYTES } from "@/lib/providers/network-failure";

/** The address of Keystone, and the service user that the portal signs in as. */
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
  /** By this process's monotonic clock, because Keystone's clock may be off. Milliseconds. */
  renewAt: number;
  /** How far Keystone's clock was ahead of ours at the login. Milliseconds. */
  aheadMs: number;
  /** The id of the service user. */
  userId: string;
}

/** Shorter than the deadline of a call, so that a slow login is not taken for a slow change. */
const LOGIN_WITHIN_MS = 6_000;
/** A token is renewed this long before its end, or a quarter of its life before, if that is shorter. */
const RENEW_BEFORE_MS = 60_000;

/** The sessions by address, user and password. A driver is created anew for every call, a session is kept. */
const sessions = new Map<string, Promise<Session>>();
const HASH_KEY = randomBytes(32);

/**
 * Returns a session that is valid; concurrent callers share one login. Throws `denied`, `unavailable` or `throttled`,
 * never `ambiguous`, because a login changes nothing.
 */
export async function openSession(access: IdentityAccess): Promise<Session> {
  const key = sessionKeyOf(access);
  const known = sessions.get(key);
  if (known) {
    const session = await known;
    if (performance.now() < session.renewAt) return session;
    forget(key, known);
    return openSession(access);
  }
  const login = logIn(access);
  sessions.set(key, login);
  login.catch(() => forget(key, login));
  return login;
}

/** Makes the next caller sign in again, unless another caller has replaced this session already. */
export async function dropSession(access: IdentityAccess, session: Session): Promise<void> {
  const key = sessionKeyOf(access);
  const known = sessions.get(key);
  if (known && (await known) === session) forget(key, known);
}

function forget(key: string, login: Promise<Session>): void {
  if (sessions.get(key) === login) sessions.delete(key);
}

/** Includes the password, so that a wrong password never gets the session of the right one. */
function sessionKeyOf(access: IdentityAccess): string {
  const { identityUrl, userName, userDomain, projectName, projectDomain, password } = access;
  const parts = [identityUrl, userName, userDomain, projectName, projectDomain, password.reveal()];
  return createHmac("sha256", HASH_KEY).update(JSON.stringify(parts)).digest("base64");
}

/** Signs in anew. Throws as `openSession` does. */
export async function logIn(access: IdentityAccess): Promise<Session> {
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
  const { issued_at: issued, expires_at: expires, user } = reply.data.token;
  const lifeMs = expires.getTime() - issued.getTime();
  return {
    token: new Secret(token),
    renewAt: performance.now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 4),
    aheadMs: issued.getTime() - Date.now(),
    userId: user.id,
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
