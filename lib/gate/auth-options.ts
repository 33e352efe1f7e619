import "server-only";
import { headers as readHeaders } from "next/headers";
import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { authCookies } from "@/lib/gate/cookies";
import {
  isFirstRefusal,
  type Limit,
  resetRateLimit,
  SIGN_IN_ACCOUNT,
  SIGN_IN_ACCOUNT_ANYWHERE,
  SIGN_IN_NETWORK,
  consumeRateLimit,
} from "@/lib/gate/rate-limit";
import { readSessionIdFromHeader } from "@/lib/gate/session";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { logger } from "@/lib/platform/logger";
import { networkOf } from "@/lib/platform/net/client-network";
import { plainText } from "@/lib/platform/text/plain-text";
import { readSession } from "@/lib/sessions/data";
import { endSession, refuseByLimit, startSession } from "@/lib/sessions/mutations";
import { SESSION_MAX_SECONDS } from "@/lib/sessions/rules";

const credentialsSchema = z.object({ email: plainText.min(1).max(254), password: z.string().min(1).max(1_000) });

const isSecure = env.LATCHKEY_URL.startsWith("https:");

/**
 * next-auth signs people in and keeps a session id in an encrypted cookie. Whether the session holds, the database
 * says.
 */
export const authOptions: NextAuthOptions = {
  secret: env.LATCHKEY_SESSION_SECRET,
  session: { strategy: "jwt", maxAge: SESSION_MAX_SECONDS },
  pages: { signIn: "/login", error: "/login" },
  useSecureCookies: isSecure,
  cookies: authCookies(isSecure),
  providers: [
    CredentialsProvider({
      credentials: { email: {}, password: {} },
      async authorize(input, request) {
        const parsed = credentialsSchema.safeParse(input);
        if (!parsed.success) return null;
        const headers = request.headers as Record<string, string | undefined> | undefined;
        const address = headers?.[CLIENT_ADDRESS_HEADER] ?? "unknown";
        await applyLimits(parsed.data.email, address);
        const session = await startSession({
          ...parsed.data,
          address,
          userAgent: headers?.["user-agent"],
          formerSessionId: await readSessionIdFromHeader(headers?.cookie),
        }).catch(throwCode);
        if (!session) return null;
        await resetRateLimit("sign-in-account", SIGN_IN_ACCOUNT, accountFrom(parsed.data.email, address));
        return { id: session.userId, sessionId: session.sessionId };
      },
    }),
  ],
  callbacks: {
    // The token is made anew at sign-in and holds nothing but the session's id.
    jwt: ({ token, user }) => (user && "sessionId" in user ? { sid: user.sessionId } : { sid: token.sid }),
    async session({ session, token }) {
      const user = typeof token.sid === "string" ? await readSession(token.sid, { activity: false }) : undefined;
      return { expires: session.expires, ...(user ? { user: { name: user.name, email: user.email } } : {}) };
    },
    // Only our own pages: next-auth's default also accepts a path with an encoded host.
    redirect: ({ url, baseUrl }) =>
      URL.canParse(url, baseUrl) && new URL(url, baseUrl).origin === baseUrl ? url : baseUrl,
  },
  events: {
    async signOut({ token }) {
      const address = (await readHeaders()).get(CLIENT_ADDRESS_HEADER) ?? undefined;
      if (typeof token?.sid === "string") await endSession(token.sid, address);
    },
  },
};

/** next-auth sends the message of an error to the browser, so the message must be a code. */
function throwCode(thrown: unknown): never {
  const error = nameUnavailable(thrown);
  logger.error({ err: error }, "signing in failed");
  throw new Error(error instanceof AppError ? error.code : "INTERNAL", { cause: error });
}

/** Throws an error that next-auth passes to the sign-in page as `TRY_AGAIN_IN:seconds`. */
async function applyLimits(email: string, address: string): Promise<void> {
  const account = accountKey(email);
  const network = networkOf(address);
  const applyLimit = async (name: string, limit: Limit, who: string, counted: string) => {
    try {
      await consumeRateLimit(name, limit, who);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "RATE_LIMITED")
        throw new Error("UNAVAILABLE", { cause: error });
      const first = isFirstRefusal(error, limit);
      await refuseByLimit({ email: account, address, counted: { account: counted, network }, first });
      throw new Error(`TRY_AGAIN_IN:${error.retryAfterSeconds ?? 60}`, { cause: error });
    }
  };
  // One row for the network, not one for each account that a program makes up.
  await applyLimit("sign-in-network", SIGN_IN_NETWORK, network, "");
  await applyLimit("sign-in-account", SIGN_IN_ACCOUNT, accountFrom(email, address), account);
  await applyLimit("sign-in-account-anywhere", SIGN_IN_ACCOUNT_ANYWHERE, account, account);
}

function accountKey(email: string): string {
  return email.trim().toLowerCase();
}

function accountFrom(email: string, address: string): string {
  return `${accountKey(email)} ${networkOf(address)}`;
}
