import "server-only";
import { headers as readHeaders } from "next/headers";
import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { authCookies } from "@/lib/gate/cookies";
import { readSessionIdFromHeader } from "@/lib/gate/session";
import { signIn } from "@/lib/gate/sign-in";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { logger } from "@/lib/platform/logger";
import { plainText } from "@/lib/platform/text/plain-text";
import { readSession } from "@/lib/sessions/data";
import { endSession } from "@/lib/sessions/mutations";
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
        const session = await signIn({
          ...parsed.data,
          address: headers?.[CLIENT_ADDRESS_HEADER] ?? "unknown",
          userAgent: headers?.["user-agent"],
          formerSessionId: await readSessionIdFromHeader(headers?.cookie),
        }).catch(throwCode);
        return session ? { id: session.userId, sessionId: session.sessionId } : null;
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

/**
 * next-auth sends the message of an error to the browser, so the message must be a code. The sign-in page reads
 * `TRY_AGAIN_IN:seconds`.
 */
function throwCode(thrown: unknown): never {
  const error = nameUnavailable(thrown);
  if (error instanceof AppError && error.code === "RATE_LIMITED")
    throw new Error(`TRY_AGAIN_IN:${error.retryAfterSeconds ?? 60}`, { cause: error });
  logger.error({ err: error }, "signing in failed");
  throw new Error(error instanceof AppError ? error.code : "INTERNAL", { cause: error });
}
