import "server-only";
import { decode } from "next-auth/jwt";
import { sessionCookieName } from "@/lib/gate/cookies";
import type { Actor } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { env } from "@/lib/platform/env";
import { readSession } from "@/lib/sessions/data";

export interface RequestFacts {
  cookie: (name: string) => string | undefined;
  header: (name: string) => string | null;
}

/**
 * The person who makes this request: looks the cookie's session id up in the database, and reads the user afresh.
 * Undefined when signed out. `activity: false` for requests that a page makes by itself.
 */
export async function readActor(request: RequestFacts, options: { activity: boolean }): Promise<Actor | undefined> {
  const token = request.cookie(sessionCookieName(env.LATCHKEY_URL.startsWith("https:")));
  if (!token) return undefined;
  const claims = await decode({ token, secret: env.LATCHKEY_SESSION_SECRET }).catch(() => null);
  if (typeof claims?.sid !== "string") return undefined;
  const user = await readSession(claims.sid, options);
  return user && { ...user, address: request.header(CLIENT_ADDRESS_HEADER) ?? undefined };
}
