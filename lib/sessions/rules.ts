/** A session ends this long after sign-in, whatever happens. Seconds. */
export const SESSION_MAX_SECONDS = 12 * 60 * 60;

/** A session also ends this long after the last activity of the person. Polling is no activity. Seconds. */
export const SESSION_IDLE_SECONDS = 30 * 60;

/** Activity is written down at most this often, so that not every request writes. Seconds. */
export const TOUCH_EVERY_SECONDS = 60;

export interface SessionTimes {
  expiresAt: Date;
  lastSeenAt: Date;
  revokedAt: Date | null;
}

/** Whether a session still holds. */
export function isSessionLive(session: SessionTimes, now: Date): boolean {
  if (session.revokedAt) return false;
  const idleEnd = session.lastSeenAt.getTime() + SESSION_IDLE_SECONDS * 1_000;
  return now.getTime() < Math.min(session.expiresAt.getTime(), idleEnd);
}

/** Whether activity now is worth writing down. */
export function isTouchDue(session: SessionTimes, now: Date): boolean {
  return now.getTime() - session.lastSeenAt.getTime() >= TOUCH_EVERY_SECONDS * 1_000;
}

/**
 * What the audit log calls a session. The id lets nobody in: a cookie holds it encrypted with LATCHKEY_SESSION_SECRET.
 */
export function nameSession(id: string): string {
  return `session:${id}`;
}
