import { createToken, type NewToken } from "@/lib/api-tokens/mutations";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import type { Actor } from "@/lib/gate/scope";
import type { PrismaClient } from "@/prisma/generated/client";

/** How a request reaches the API: `createApi().request`, or over HTTP. */
type Ask = (path: string, init: RequestInit) => Response | Promise<Response>;
type Headers = Record<string, string>;

/** A program with a token. Paths begin after `/api/v1`. */
export interface ApiCaller {
  token: string;
  get: (path: string, headers?: Headers) => Promise<Response>;
  post: (path: string, content: unknown, headers?: Headers) => Promise<Response>;
  patch: (path: string, content: unknown, headers?: Headers) => Promise<Response>;
}

/** A token for all that the person may do, good for a minute, when nothing else is said. */
export async function makeToken(
  database: PrismaClient,
  { email }: Actor,
  limits: Pick<NewToken, "project" | "scope"> = {},
  lastsMs = 60_000,
): Promise<string> {
  const expiresAt = new Date(Date.now() + lastsMs);
  const made = await database.$transaction((tx) =>
    createToken(tx, SYSTEM_ACTOR, { email, name: "a script", expiresAt, scope: "manage", ...limits }),
  );
  return made.token.reveal();
}

/** A program that calls the API with a new token of the person. */
export async function makeCaller(
  database: PrismaClient,
  ask: Ask,
  user: Actor,
  limits: Pick<NewToken, "project" | "scope"> = {},
): Promise<ApiCaller> {
  const token = await makeToken(database, user, limits);
  const authorization = `Bearer ${token}`;
  const send = async (method: string, path: string, content: unknown, headers: Headers = {}) => {
    const body = typeof content === "string" ? content : JSON.stringify(content);
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const sent = { authorization, "content-type": "application/json", ...length, ...headers };
    return ask(`/api/v1${path}`, { method, body, headers: sent });
  };
  return {
    token,
    get: async (path, headers) => ask(`/api/v1${path}`, { headers: { authorization, ...headers } }),
    post: (path, content, headers) => send("POST", path, content, headers),
    patch: (path, content, headers) => send("PATCH", path, content, headers),
  };
}
