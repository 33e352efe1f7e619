import { beforeAll, expect, test } from "vitest";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import type { Actor } from "@/lib/gate/scope";
import { hashPassword } from "@/lib/platform/crypto/password";
import { db } from "@/lib/platform/db/client";
import { readSession } from "@/lib/sessions/data";
import { startSession } from "@/lib/sessions/mutations";
import { setPassword } from "@/lib/users/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeUser } from "@/testing/factories/people";

const PASSWORD = "correct horse battery";

beforeAll(() => startTestDatabase());

function signIn({ email }: Actor, formerSessionId?: string) {
  return startSession({ email, password: PASSWORD, address: "192.0.2.1", userAgent: undefined, formerSessionId });
}

async function sessionOf(actor: Actor, formerSessionId?: string): Promise<string> {
  const session = await signIn(actor, formerSessionId);
  if (!session) throw new Error("could not sign in");
  return session.sessionId;
}

const isIn = async (id: string) => (await readSession(id, { activity: false })) !== undefined;

test("signing in again ends the browser's former session, and no other", async () => {
  const mia = await makeUser(db, "Mia", { password: PASSWORD });
  const elsewhere = await sessionOf(mia);
  const former = await sessionOf(mia);
  const next = await sessionOf(mia, former);
  expect([await isIn(elsewhere), await isIn(former), await isIn(next)]).toEqual([true, false, true]);
  const ended = await db.auditEvent.findMany({ where: { event: "session.ended", actorId: mia.userId } });
  expect(ended).toMatchObject([{ address: "192.0.2.1", data: { why: "signed-in-again" } }]);
});

test("a former session of another person ends too; a wrong password and an unknown session end nothing", async () => {
  const mia = await makeUser(db, "Mia", { password: PASSWORD });
  const max = await makeUser(db, "Max", { password: PASSWORD });
  const former = await sessionOf(mia);
  const wrong = { email: max.email, password: "a guess", address: "192.0.2.1", userAgent: undefined };
  expect(await startSession({ ...wrong, formerSessionId: former })).toBeUndefined();
  expect(await isIn(former)).toBe(true);
  await sessionOf(max, former);
  expect(await isIn(former)).toBe(false);
  await sessionOf(max, "00000000-0000-4000-8000-000000000000");
});

test("a sign-in that a new password overtakes leaves no session", async () => {
  const mia = await makeUser(db, "Mia", { password: PASSWORD });
  const passwordHash = await hashPassword("set by an administrator");
  const signedIn = db.$transaction(
    async (tx) => {
      await setPassword(tx, SYSTEM_ACTOR, mia.email, passwordHash);
      const signingIn = signIn(mia);
      await waitForBlocked();
      return { signingIn };
    },
    { timeout: 30_000 },
  );
  expect(await (await signedIn).signingIn).toBeUndefined();
  expect(await db.session.count({ where: { userId: mia.userId } })).toBe(0);
});

async function waitForBlocked(): Promise<void> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const rows = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (rows.length > 0) return;
  }
  throw new Error("nobody waited for the row");
}
