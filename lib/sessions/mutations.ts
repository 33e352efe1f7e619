import "server-only";
import { recordEvent } from "@/lib/audit/record";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { verifyPassword } from "@/lib/platform/crypto/password";
import { SESSION_MAX_SECONDS } from "@/lib/sessions/rules";

const USER_AGENT_MAX = 300;

export interface SignInAttempt {
  email: string;
  password: string;
  address: string;
  userAgent: string | undefined;
}

/**
 * Starts a session when the password fits, and audits the attempt either way. An unknown or disabled account takes
 * as long as a wrong password. The caller has applied the limits.
 */
export async function startSession(attempt: SignInAttempt): Promise<{ sessionId: string; userId: string } | undefined> {
  const email = attempt.email.trim().toLowerCase();
  const user = await db.user.findUnique({ where: { email } });
  const fits = await verifyPassword(user?.passwordHash, attempt.password);
  if (!user || user.disabledAt || !fits) {
    await withTransaction((tx) =>
      recordEvent(tx, {
        event: "session.refused",
        outcome: "refused",
        actor: { userId: user?.id ?? null, name: user?.name ?? "Someone", address: attempt.address },
        data: { email, reason: "credentials" },
      }),
    );
    return undefined;
  }
  return withTransaction(async (tx) => {
    const session = await tx.session.create({
      data: {
        userId: user.id,
        expiresAt: new Date(Date.now() + SESSION_MAX_SECONDS * 1_000),
        address: attempt.address,
        userAgent: attempt.userAgent?.slice(0, USER_AGENT_MAX) ?? null,
      },
    });
    const actor = { userId: user.id, name: user.name, address: attempt.address };
    await recordEvent(tx, { event: "session.started", outcome: "done", actor, data: {} });
    return { sessionId: session.id, userId: user.id };
  });
}

/** Audits an attempt that a rate limit refused. */
export async function refuseByLimit(email: string, address: string): Promise<void> {
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "session.refused",
      outcome: "refused",
      actor: { userId: null, name: "Someone", address },
      data: { email: email.trim().toLowerCase(), reason: "rate-limit" },
    }),
  );
}

/** Ends a session on the server. Ending it again does nothing. */
export async function endSession(sessionId: string): Promise<void> {
  await withTransaction(async (tx) => {
    const session = await tx.session.findUnique({ where: { id: sessionId }, include: { user: true } });
    if (!session || session.revokedAt) return;
    await tx.session.update({ where: { id: sessionId }, data: { revokedAt: new Date() } });
    const actor = { userId: session.userId, name: session.user.name };
    await recordEvent(tx, { event: "session.ended", outcome: "done", actor, data: {} });
  });
}
