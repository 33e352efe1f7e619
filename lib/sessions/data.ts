import "server-only";
import { db } from "@/lib/platform/db/client";
import { isSessionLive, isTouchDue } from "@/lib/sessions/rules";

export interface SessionUser {
  sessionId: string;
  userId: string;
  name: string;
  email: string;
  platformRole: string | null;
}

/**
 * The person of a session, read afresh; undefined when the session has ended or the account is disabled.
 * `activity` says that the person did something, which moves the idle limit.
 */
export async function readSession(sessionId: string, options: { activity: boolean }): Promise<SessionUser | undefined> {
  const session = await db.session.findUnique({ where: { id: sessionId }, include: { user: true } });
  const now = new Date();
  if (!session || session.user.disabledAt || !isSessionLive(session, now)) return undefined;
  if (options.activity && isTouchDue(session, now)) {
    await db.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { lastSeenAt: now } });
  }
  const { id: userId, name, email, platformRole } = session.user;
  return { sessionId, userId, name, email, platformRole };
}

/**
 * Deletes at most `atOnce` sessions that ended before a time, and gives their number. The absolute end decides: a
 * session that ended earlier reaches it within half a day.
 */
export async function deleteSessionsBefore(time: Date, atOnce: number): Promise<number> {
  const { count } = await db.session.deleteMany({ where: { expiresAt: { lt: time } }, limit: atOnce });
  return count;
}

/** Deletes at most `atOnce` counts of refused sign-ins from before a time, and gives their number. */
export async function deleteRefusedSignInsBefore(time: Date, atOnce: number): Promise<number> {
  const { count } = await db.refusedSignIns.deleteMany({ where: { minute: { lt: time } }, limit: atOnce });
  return count;
}
