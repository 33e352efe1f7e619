import "server-only";
import { decode, encode } from "next-auth/jwt";
import { z } from "zod";
import { readTokenUserById } from "@/lib/api-tokens/data";
import { actAs, refuseGuess } from "@/lib/gate/api";
import type { Actor } from "@/lib/gate/scope";
import { env } from "@/lib/platform/env";
import { readSession } from "@/lib/sessions/data";
import { nameSession } from "@/lib/sessions/rules";

/** How long a token of the OpenStack endpoint is valid at most. What it rests on may end earlier. Seconds. */
const VALID_SECONDS = 60 * 60;

/** Separates these tokens from session cookies, which are encrypted with the same setting. */
const SALT = "OpenStack endpoint";

/** What a token says: what it rests on, the project it is for, and its times in seconds since 1970. */
const claimsSchema = z.object({
  sid: z.uuid().optional(),
  tid: z.uuid().optional(),
  /** A slug; null for a token without a project. */
  project: z.string().nullable(),
  iat: z.int(),
  exp: z.int(),
});
type Claims = z.infer<typeof claimsSchema>;

/** The project of a token of the OpenStack endpoint, and its times. */
export interface IdentityToken {
  /** A slug; null for a token without a project. */
  project: string | null;
  issuedAt: Date;
  expiresAt: Date;
}

/**
 * Makes a token for a person who has proved who they are, by a password or by an access token. It rests on the session or
 * on the access token, and lets nobody in when that has ended. Nothing is kept of it.
 */
export async function issueIdentityToken(
  { sessionId, tokenId }: Actor,
  project: string | null,
): Promise<IdentityToken & { token: string }> {
  const claims = { ...(sessionId ? { sid: sessionId } : { tid: tokenId }), project };
  const secret = env.LATCHKEY_SESSION_SECRET;
  const token = await encode({ token: claims, secret, salt: SALT, maxAge: VALID_SECONDS });
  const made = await readClaims(token);
  if (!made) throw new Error("a token that was made a moment ago cannot be read");
  return { token, ...describe(made) };
}

/**
 * The person whose token this is, read afresh, and what the token is for. Throws UNAUTHENTICATED, and RATE_LIMITED when a
 * network guesses tokens.
 */
export async function readIdentityCaller(
  token: string | undefined,
  address: string | undefined,
): Promise<IdentityToken & { actor: Actor }> {
  const claims = token === undefined ? undefined : await readClaims(token);
  const actor = claims && (await findActor(claims, address));
  return claims && actor ? { actor, ...describe(claims) } : refuseGuess(address);
}

async function findActor({ sid, tid }: Claims, address: string | undefined): Promise<Actor | undefined> {
  if (sid !== undefined) {
    const person = await readSession(sid, { activity: true });
    return person && { ...person, address, via: nameSession(sid) };
  }
  const user = tid === undefined ? undefined : await readTokenUserById(tid);
  return user && actAs(user, address);
}

async function readClaims(token: string): Promise<Claims | undefined> {
  const claims = await decode({ token, secret: env.LATCHKEY_SESSION_SECRET, salt: SALT }).catch(() => null);
  return claimsSchema.safeParse(claims).data;
}

function describe({ project, iat, exp }: Claims): IdentityToken {
  return { project, issuedAt: new Date(iat * 1_000), expiresAt: new Date(exp * 1_000) };
}
