import "server-only";
import { recordEvent } from "@/lib/audit/record";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { verifyPassword } from "@/lib/platform/crypto/password";
import { isSessionLive, nameSession, SESSION_MAX_SECONDS } from "@/lib/sessions/rules";

const USER_AGENT_MAX = 300;
const MINUTE_MS = 60_000;

export interface SignInAttempt {
  email: string;
  password: string;
  address: string;
  userAgent: string | undefined;
  /** The session that this browser had before, also one of another person. It ends. */
  formerSessionId?: string | undefined;
}

/**
 * Starts a session when the password fits, ends the browser's former session in the same step, and audits the attempt
 * either way. An unknown or disabled account, and one without a password, takes as long as a wrong password. The caller has applied the limits.
 */
export async function startSession(attempt: SignInAttempt): Promise<{ sessionId: string; userId: string } | undefined> {
  const email = attempt.email.trim().toLowerCase();
  const user = await db.user.findUnique({ where: { email } });
  const fits = await verifyPassword(user?.passwordHash, attempt.password);
  const started = user && !user.disabledAt && fits ? await startFor(user, attempt) : undefined;
  if (started) return started;
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

/** Undefined when the password was changed, or the person disabled, since the password was compared. */
async function startFor(
  user: { id: string; name: string; passwordHash: string | null },
  attempt: SignInAttempt,
): Promise<{ sessionId: string; userId: string } | undefined> {
  return withTransaction(async (tx) => {
    // Whoever changes the password waits for this transaction, and then ends this session too.
    await lockRow(tx, "users", user.id, "share");
    const unchanged = { id: user.id, disabledAt: null, passwordHash: user.passwordHash };
    if ((await tx.user.count({ where: unchanged })) === 0) return undefined;
    if (attempt.formerSessionId !== undefined)
      await end(tx, attempt.formerSessionId, attempt.address, "signed-in-again");
    const session = await tx.session.create({
      data: {
        userId: user.id,
        expiresAt: new Date(Date.now() + SESSION_MAX_SECONDS * 1_000),
        address: attempt.address,
        userAgent: attempt.userAgent?.slice(0, USER_AGENT_MAX) ?? null,
      },
    });
    const actor = { userId: user.id, name: user.name, address: attempt.address, via: nameSession(session.id) };
    await recordEvent(tx, { event: "session.started", outcome: "done", actor, data: {} });
    return { sessionId: session.id, userId: user.id };
  });
}

export interface LimitedAttempt {
  email: string;
  address: string;
  /** What the limit counts. Without an account, the limit counts a network whatever the account. */
  counted: { account: string; network: string };
  /** Whether the limit begins to hold with this attempt. */
  first: boolean;
}

/**
 * Counts an attempt that a limit refused. A program can try thousands of times, and the audit log is never shortened:
 * the log gets one line when the limit begins to hold.
 */
export async function refuseByLimit(attempt: LimitedAttempt, now = new Date()): Promise<void> {
  const { email, address, counted, first } = attempt;
  const row = { minute: new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS), ...counted };
  await withTransaction(async (tx) => {
    await tx.refusedSignIns.upsert({
      where: { minute_account_network: row },
      create: { ...row, count: 1 },
      update: { count: { increment: 1 } },
      select: { id: true },
    });
    if (!first) return;
    const actor = { userId: null, name: "Someone", address };
    const data = { email, reason: "rate-limit" as const };
    await recordEvent(tx, { event: "session.refused", outcome: "refused", actor, data });
  });
}

/** Ends a session on the server. Ending it again does nothing. */
export async function endSession(sessionId: string, address: string | undefined): Promise<void> {
  await withTransaction((tx) => end(tx, sessionId, address));
}

/** Ends a session with an audit line, if it still holds. `why` is left out when the person signed out. */
async function end(tx: Transaction, id: string, address: string | undefined, why?: "signed-in-again"): Promise<void> {
  const now = new Date();
  const session = await tx.session.findUnique({ where: { id }, include: { user: { select: { name: true } } } });
  if (!session || !isSessionLive(session, now)) return;
  const { count } = await tx.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
  if (count === 0) return;
  const actor = { userId: session.userId, name: session.user.name, address, via: nameSession(id) };
  await recordEvent(tx, { event: "session.ended", outcome: "done", actor, data: why ? { why } : {} });
}
