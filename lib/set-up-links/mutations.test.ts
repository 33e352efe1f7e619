import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Actor } from "@/lib/gate/scope";
import { hashPassword } from "@/lib/platform/crypto/password";
import { db } from "@/lib/platform/db/client";
import { Secret } from "@/lib/platform/secret";
import { startSession } from "@/lib/sessions/mutations";
import { issueSetUpLink } from "@/lib/set-up-links/data";
import { checkSetUpLink, setUpWithLink } from "@/lib/set-up-links/mutations";
import { describeLinkRefusal, SET_UP_LINK_DAYS } from "@/lib/set-up-links/rules";
import { LINK_REFUSALS } from "@/lib/set-up-links/schema";
import { setPassword, setUserDisabled } from "@/lib/users/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeUser } from "@/testing/factories/people";

const BY = { userId: null, name: "test" };
const NEXT = new Secret("correct horse battery");
const OTHER = new Secret("another few words here");
const DAY_MS = 24 * 60 * 60 * 1_000;

let max: Actor;
let secret: Secret;

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  max = await makeUser(db, `Max-${randomUUID()}`);
  await db.user.update({ where: { id: max.userId }, data: { passwordHash: null } });
  secret = await makeLink();
});

async function makeLink(): Promise<Secret> {
  const { url } = await db.$transaction((tx) => issueSetUpLink(tx, max.userId));
  return new Secret(new URL(url.reveal()).hash.slice(1));
}
const hashOf = async () => (await db.user.findUniqueOrThrow({ where: { id: max.userId } })).passwordHash;
const signIn = (password: Secret) =>
  startSession({ email: max.email, password: password.reveal(), address: "192.0.2.1", userAgent: undefined });
const eventsOf = async () => {
  const events = await db.auditEvent.findMany({
    where: { event: "user.set-up", data: { path: ["email"], equals: max.email } },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return events.map(({ outcome, data, actorId }) => [outcome, (data as { reason?: string }).reason, actorId]);
};

test("a link tells whose it is, sets the password once, and the log has both uses", async () => {
  expect(await checkSetUpLink(secret)).toEqual({ ok: true, email: max.email, name: max.name });
  expect(await setUpWithLink(secret, NEXT, "192.0.2.1")).toEqual({ ok: true, email: max.email });
  expect(await signIn(NEXT)).toBeDefined();
  const first = await hashOf();
  expect(await checkSetUpLink(secret)).toMatchObject({ ok: false, reason: "used" });
  expect(await setUpWithLink(secret, OTHER, "192.0.2.1")).toMatchObject({ ok: false, reason: "used" });
  expect(await hashOf()).toBe(first);
  expect(await eventsOf()).toEqual([
    ["done", undefined, max.userId],
    ["refused", "used", null],
  ]);
});

test("of two uses at once one wins, and its password is the one that works", async () => {
  const [one, other] = await Promise.all([NEXT, OTHER].map((next) => setUpWithLink(secret, next, undefined)));
  expect([one?.ok, other?.ok].sort()).toEqual([false, true]);
  expect([await signIn(NEXT), await signIn(OTHER)].filter(Boolean)).toHaveLength(1);
  expect((await eventsOf()).map(([outcome]) => outcome).sort()).toEqual(["done", "refused"]);
});

const LATER = new Date(Date.now() + (SET_UP_LINK_DAYS + 1) * DAY_MS);

test.each<[string, string, () => Promise<unknown>, Date | undefined]>([
  ["late", "late", async () => undefined, LATER],
  ["replaced by a newer one", "replaced", () => makeLink(), undefined],
  [
    "of a disabled user",
    "disabled",
    () => db.$transaction((tx) => setUserDisabled(tx, BY, max.email, true)),
    undefined,
  ],
  [
    "of a user who was disabled and enabled again",
    "replaced",
    async () => {
      await db.$transaction((tx) => setUserDisabled(tx, BY, max.email, true));
      await db.$transaction((tx) => setUserDisabled(tx, BY, max.email, false));
    },
    undefined,
  ],
])("a link %s has its sentence, and nothing changes", async (_case, reason, prepare, now) => {
  await prepare();
  expect(await checkSetUpLink(secret, now)).toMatchObject({ ok: false, reason });
  const refused = await setUpWithLink(secret, NEXT, undefined, now);
  expect(refused).toMatchObject({ ok: false, reason, message: expect.stringContaining("Nothing was changed.") });
  expect(await hashOf()).toBeNull();
  expect(await signIn(NEXT)).toBeUndefined();
  expect(await eventsOf()).toEqual([["refused", reason, null]]);
});

test("a link ends when an operator sets a password", async () => {
  const passwordHash = await hashPassword(OTHER.reveal());
  await db.$transaction((tx) => setPassword(tx, BY, max.email, passwordHash));
  expect(await setUpWithLink(secret, NEXT, undefined)).toMatchObject({ ok: false, reason: "replaced" });
  expect(await hashOf()).toBe(passwordHash);
});

test.each(["", "nonsense", "🔑\u0000", "A".repeat(48), "a".repeat(200)])(
  "%j is no link, and tells nothing",
  async (text) => {
    const refused = await setUpWithLink(new Secret(text), NEXT, undefined);
    expect(refused).toEqual({ ok: false, reason: "unknown", message: describeLinkRefusal("unknown") });
    expect(await checkSetUpLink(new Secret(text))).toEqual(refused);
    expect(await eventsOf()).toEqual([]);
  },
);

test("a password that is easily guessed is refused, and the link works on", async () => {
  for (const weak of ["password1234", max.email, "Latchkey-2026"]) {
    const refused = await setUpWithLink(secret, new Secret(weak), undefined);
    expect(refused).toMatchObject({
      ok: false,
      reason: "weak",
      message: expect.stringContaining("Nothing was changed."),
    });
  }
  expect(await hashOf()).toBeNull();
  expect(await setUpWithLink(secret, NEXT, undefined)).toMatchObject({ ok: true });
});

test("no sentence names an account", () => {
  for (const reason of LINK_REFUSALS) expect(describeLinkRefusal(reason)).not.toContain("@");
});
