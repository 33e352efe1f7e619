import "server-only";
import {
  consumeRateLimit,
  isFirstRefusal,
  type Limit,
  resetRateLimit,
  SIGN_IN_ACCOUNT,
  SIGN_IN_ACCOUNT_ANYWHERE,
  SIGN_IN_NETWORK,
} from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";
import { networkOf } from "@/lib/platform/net/client-network";
import { readSession } from "@/lib/sessions/data";
import { refuseByLimit, type SignInAttempt, startSession } from "@/lib/sessions/mutations";
import { nameSession } from "@/lib/sessions/rules";

/**
 * Starts a session when the limits allow the attempt and the password fits. Undefined when it does not fit. Throws
 * RATE_LIMITED, and UNAVAILABLE when a limit cannot be read.
 */
export async function signIn(attempt: SignInAttempt): Promise<{ sessionId: string; userId: string } | undefined> {
  const { email, address } = attempt;
  await applyLimits(email, address);
  const session = await startSession(attempt);
  if (session) await resetRateLimit("sign-in-account", SIGN_IN_ACCOUNT, accountFrom(email, address));
  return session;
}

/**
 * The person whose password a program sends, with a session of their own that the caller ends. Throws UNAUTHENTICATED
 * for a wrong password and an unknown or disabled account alike, and RATE_LIMITED.
 */
export async function signInProgram(attempt: SignInAttempt): Promise<Actor & { sessionId: string }> {
  const session = await signIn(attempt);
  const person = session && (await readSession(session.sessionId, { activity: false }));
  if (person) return { ...person, address: attempt.address, via: nameSession(person.sessionId) };
  const userMessage = "The e-mail address or the password is wrong, or the account is disabled. Nothing was changed.";
  throw new AppError("UNAUTHENTICATED", "a password that does not fit", { userMessage });
}

async function applyLimits(email: string, address: string): Promise<void> {
  const account = accountKey(email);
  const network = networkOf(address);
  const applyLimit = async (name: string, limit: Limit, who: string, counted: string) => {
    try {
      await consumeRateLimit(name, limit, who);
    } catch (error) {
      if (error instanceof AppError && error.code === "RATE_LIMITED") {
        const first = isFirstRefusal(error, limit);
        await refuseByLimit({ email: account, address, counted: { account: counted, network }, first });
      }
      throw error;
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
