import "server-only";
import { decode } from "next-auth/jwt";
import { sessionCookieName } from "@/lib/gate/cookies";
import { NextRequest } from "next/server";
import type { Actor } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { env } from "@/lib/platform/env";
import { readSession } from "@/lib/sessions/data";
import { nameSession } from "@/lib/sessions/rules";

export interface RequestFacts {
  cookie: (name: string) => string | undefined;
  header: (name: string) => string | null;
}

/**
 * The person who makes this request: looks the cookie's session id up in the database, and reads the user afresh.
 * Undefined when signed out. `activity: false` for requests that a page makes by itself.
 */
export async function readActor(request: RequestFacts, options: { activity: boolean }): Promise<Actor | undefined> {
  const sessionId = await readSessionId(request.cookie);
  const user = sessionId === undefined ? undefined : await readSession(sessionId, options);
  if (!user) return undefined;
  const address = request.header(CLIENT_ADDRESS_HEADER) ?? undefined;
  return { ...user, address, via: nameSession(user.sessionId) };
}

/** The session id in a Cookie header, whether or not the session holds. Undefined when the header has none of ours. */
export function readSessionIdFromHeader(header: string | undefined): Promise<string | undefined> {
  const { cookies } = new NextRequest(env.LATCHKEY_URL, { headers: { cookie: header ?? "" } });
  return readSessionId((name) => cookies.get(name)?.value);
}

async function readSessionId(cookie: RequestFacts["cookie"]): Promise<string | undefined> {
  const token = cookie(sessionCookieName(env.LATCHKEY_URL.startsWith("https:")));
  if (!token) return undefined;
  const claims = await decode({ token, secret: env.LATCHKEY_SESSION_SECRET }).catch(() => null);
  return typeof claims?.sid === "string" ? claims.sid : undefined;
}
