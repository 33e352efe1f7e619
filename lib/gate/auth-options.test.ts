import type { CredentialsConfig } from "next-auth/providers/credentials";
import { encode } from "next-auth/jwt";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { authOptions } from "@/lib/gate/auth-options";
import { sessionCookieName } from "@/lib/gate/cookies";
import { readSessionIdFromHeader } from "@/lib/gate/session";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { db, pool } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { readSession } from "@/lib/sessions/data";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeUser } from "@/testing/factories/people";

const PASSWORD = "correct horse battery";
const provider = authOptions.providers[0] as CredentialsConfig;
// What next-auth calls; the field of the same name beside it is a placeholder.
const { authorize } = provider.options as unknown as Pick<CredentialsConfig, "authorize">;

beforeAll(() => startTestDatabase());

async function signIn(email: string, cookie?: string): Promise<string> {
  const headers = { [CLIENT_ADDRESS_HEADER]: "192.0.2.1", ...(cookie ? { cookie } : {}) };
  const user = await authorize({ email, password: PASSWORD }, { headers });
  if (!user || !("sessionId" in user)) throw new Error("could not sign in");
  return String(user.sessionId);
}

async function cookieOf(sid: string): Promise<string> {
  const token = await encode({ token: { sid }, secret: env.LATCHKEY_SESSION_SECRET });
  return `theme=dark; ${sessionCookieName(false)}=${token}; other=1`;
}

test("a sign-in that carries the cookie of a session ends that session", async () => {
  const { email } = await makeUser(db, "Mia", { password: PASSWORD });
  const former = await signIn(email);
  const next = await signIn(email, await cookieOf(former));
  expect(await readSession(former, { activity: false })).toBeUndefined();
  expect(await readSession(next, { activity: false })).toBeDefined();
});

test.each([
  ["no header", undefined],
  ["another cookie", "theme=dark"],
  ["a cookie that is not ours", `${sessionCookieName(false)}=nonsense`],
  [
    "the bare id of a session, which lets nobody in",
    `${sessionCookieName(false)}=00000000-0000-4000-8000-000000000000`,
  ],
])("%s names no session", async (_case, header) => {
  expect(await readSessionIdFromHeader(header)).toBeUndefined();
});

test("a database that fails in the middle of a sign-in sends a code to the browser, and nothing else", async () => {
  const { email } = await makeUser(db, "Noa", { password: PASSWORD });
  const holder = await pool.connect();
  onTestFinished(() => holder.release(true));
  await holder.query("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
  await expect(signIn(email)).rejects.toThrow(/^UNAVAILABLE$/);
  await holder.query("ROLLBACK");
  expect(await signIn(email)).toBeDefined();
});
