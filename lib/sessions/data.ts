import "server-only";
import { db } from "@/lib/platform/db/client";
import { sql } from "@/lib/platform/sql";
import { isSessionLive, isTouchDue, type SessionTimes } from "@/lib/sessions/rules";

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
  const [session] = await sql.$queryRaw<
    (SessionTimes & Omit<SessionUser, "sessionId"> & { disabledAt: Date | null })[]
  >`
    SELECT s.expires_at AS "expiresAt", s.last_seen_at AS "lastSeenAt", s.revoked_at AS "revokedAt",
      u.id AS "userId", u.name, u.email, u.platform_role AS "platformRole", u.disabled_at AS "disabledAt"
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sessionId}::uuid`;
  const now = new Date();
  if (!session || session.disabledAt || !isSessionLive(session, now)) return undefined;
  if (options.activity && isTouchDue(session, now)) {
    await db.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { lastSeenAt: now } });
  }
  const { userId, name, email, platformRole } = session;
  return { sessionId, userId, name, email, platformRole };
}
