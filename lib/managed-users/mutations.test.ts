import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeEvent } from "@/lib/audit/describe";
import type { Actor } from "@/lib/gate/scope";
import { addUser, changeManagedUser, resetPassword } from "@/lib/managed-users/mutations";
import type { UserWish } from "@/lib/managed-users/schema";
import { db } from "@/lib/platform/db/client";
import { Secret } from "@/lib/platform/secret";
import { startSession } from "@/lib/sessions/mutations";
import { setUpWithLink } from "@/lib/set-up-links/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";

const SEED = 20_261_128;
const PASSWORD = "correct horse battery";
const DEMOTE: UserWish = { kind: "edit", platformRole: null };

let ada: Actor;
let bob: Actor;
let max: Actor;

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.user.updateMany({ data: { platformRole: null } });
  ada = await makeUser(db, `Ada-${randomUUID()}`, { platformRole: "platform-admin" });
  bob = await makeUser(db, `Bob-${randomUUID()}`, { platformRole: "platform-admin" });
  max = await makeUser(db, `Max-${randomUUID()}`, { password: PASSWORD });
});

const newEmail = () => `new-${randomUUID()}@example.test`;
const readUser = ({ userId }: Actor) => db.user.findUniqueOrThrow({ where: { id: userId } });
const signIn = (email: string, password = PASSWORD) =>
  startSession({ email, password, address: "192.0.2.1", userAgent: undefined });
const sessionsOf = ({ userId }: Actor) => db.session.count({ where: { userId, revokedAt: null } });
const tokensOf = ({ userId }: Actor) => db.apiToken.count({ where: { userId, revokedAt: null } });
const eventsOf = async ({ userId }: Actor) =>
  (await db.auditEvent.findMany({ where: { actorId: userId }, orderBy: [{ at: "asc" }, { id: "asc" }] })).map(
    describeEvent,
  );
const linkOf = (outcome: Awaited<ReturnType<typeof addUser>>) => {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.link.url.reveal();
};
const secretOf = (url: string) => new Secret(url.split("#")[1] ?? "");

describe("a new user", () => {
  test("cannot sign in until the link was used; the link is kept nowhere, and the log tells of both", async () => {
    const email = newEmail();
    const added = await addUser(ada, { email, name: "Žofie 🔑 \u202eأحمد", platformRole: "support" });
    const url = linkOf(added);
    expect(url).toMatch(/\/set-up#[A-Za-z0-9]{48}$/);
    expect(await signIn(email, "")).toBeUndefined();
    expect(await signIn(email)).toBeUndefined();
    const secret = url.split("#")[1] ?? "";
    const stored = JSON.stringify([await db.setUpLink.findMany(), await db.auditEvent.findMany(), added]);
    expect(stored).not.toContain(secret);
    expect(await eventsOf(ada)).toEqual([
      `${ada.name} created the user ${email}.`,
      expect.stringMatching(new RegExp(`^${ada.name} made a set-up link for ${email}, until \\d{4}-`)),
    ]);
    expect(await setUpWithLink(secretOf(url), new Secret(PASSWORD), "192.0.2.1")).toEqual({ ok: true, email });
    expect(await signIn(email)).toBeDefined();
  });

  test("has an e-mail address of its own; of two at once with the same one, one comes into being", async () => {
    const input = { email: max.email, name: "Max", platformRole: null };
    expect(await addUser(ada, input)).toMatchObject({ ok: false, reason: "email-taken" });
    const email = newEmail();
    const outcomes = await Promise.allSettled([ada, bob].map((actor) => addUser(actor, { ...input, email })));
    const added = outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value.ok);
    expect(added).toHaveLength(1);
    expect(JSON.stringify(outcomes)).toContain(`There is a user ${email} already`);
    expect(await db.setUpLink.count({ where: { user: { email } } })).toBe(1);
  });
});

describe("a reset", () => {
  test("ends password, sessions and tokens at once, and the link brings a new password", async () => {
    await signIn(max.email);
    await makeToken(db, max);
    const url = linkOf(await resetPassword(ada, max.email));
    expect([await sessionsOf(max), await tokensOf(max)]).toEqual([0, 0]);
    expect(await signIn(max.email)).toBeUndefined();
    const next = "a few words in a row";
    expect(await setUpWithLink(secretOf(url), new Secret(next), undefined)).toMatchObject({ ok: true });
    expect(await signIn(max.email, next)).toBeDefined();
    expect((await eventsOf(ada)).join()).toContain(`reset the password of ${max.email} and made a set-up link`);
  });

  test("is not for oneself, for a disabled user and for nobody", async () => {
    expect(await resetPassword(ada, ada.email)).toMatchObject({ ok: false, reason: "own-password" });
    await changeManagedUser(ada, max.email, { kind: "disable" });
    expect(await resetPassword(ada, max.email)).toMatchObject({ ok: false, reason: "user-disabled" });
    expect(await resetPassword(ada, newEmail())).toMatchObject({ ok: false, reason: "unknown-user" });
    expect(await db.setUpLink.count({ where: { userId: { in: [ada.userId, max.userId] } } })).toBe(0);
  });
});

test("ended sessions can be started again, and tokens stay; disabling ends both, for good", async () => {
  await signIn(max.email);
  await makeToken(db, max);
  expect(await changeManagedUser(ada, max.email, { kind: "end-sessions" })).toMatchObject({ outcome: "done" });
  expect([await sessionsOf(max), await tokensOf(max)]).toEqual([0, 1]);
  expect(await signIn(max.email)).toBeDefined();
  expect(await changeManagedUser(ada, max.email, { kind: "disable" })).toMatchObject({ outcome: "done" });
  expect(await changeManagedUser(ada, max.email, { kind: "disable" })).toMatchObject({ outcome: "already-done" });
  expect([await sessionsOf(max), await tokensOf(max)]).toEqual([0, 0]);
  expect(await signIn(max.email)).toBeUndefined();
  expect(await changeManagedUser(ada, max.email, { kind: "enable" })).toMatchObject({ outcome: "done" });
  expect([await sessionsOf(max), await tokensOf(max)]).toEqual([0, 0]);
  expect(await signIn(max.email)).toBeDefined();
});

test("a user gets another name and role, and the log tells the role before", async () => {
  const wish: UserWish = { kind: "edit", name: "Maxi", platformRole: "support", former: null };
  expect(await changeManagedUser(ada, max.email, wish)).toMatchObject({ ok: true, outcome: "done" });
  expect(await readUser(max)).toMatchObject({ name: "Maxi", platformRole: "support" });
  expect(await eventsOf(ada)).toEqual([`${ada.name} changed the platform role of ${max.email} from none to support.`]);
  const late: UserWish = { kind: "edit", platformRole: "platform-admin", former: null };
  expect(await changeManagedUser(bob, max.email, late)).toMatchObject({ ok: false, reason: "changed-meanwhile" });
  expect(await readUser(max)).toMatchObject({ platformRole: "support" });
});

describe("the last platform admin who can sign in", () => {
  test("is not demoted, disabled or reset, also beside one who waits for a set-up link", async () => {
    await changeManagedUser(ada, bob.email, DEMOTE);
    await addUser(ada, { email: newEmail(), name: "Eve", platformRole: "platform-admin" });
    for (const wish of [DEMOTE, { kind: "disable" } as const]) {
      expect(await changeManagedUser(ada, ada.email, wish)).toMatchObject({ ok: false, reason: "last-admin" });
    }
    expect(await readUser(ada)).toMatchObject({ platformRole: "platform-admin", disabledAt: null });
  });

  test.each<[string, (by: Actor, other: Actor) => Promise<{ ok: boolean }>]>([
    ["demote", (by, other) => changeManagedUser(by, other.email, DEMOTE)],
    ["disable", (by, other) => changeManagedUser(by, other.email, { kind: "disable" })],
    ["reset", (by, other) => resetPassword(by, other.email)],
  ])("stays when two %s each other at once", async (_case, change) => {
    const outcomes = await Promise.allSettled([change(ada, bob), change(bob, ada)]);
    const done = outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value.ok);
    expect(done).toHaveLength(1);
    const left = { platformRole: "platform-admin", disabledAt: null, passwordHash: { not: null } };
    expect(await db.user.count({ where: left })).toBe(1);
  });

  test("stays whatever admins do to each other at once", async () => {
    const people = [ada, bob, max];
    const wish = fc.constantFrom<UserWish>(DEMOTE, { kind: "disable" }, { kind: "enable" });
    const step = fc.record({ by: fc.nat(2), to: fc.nat(2), wish });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        const where = { id: { in: people.map(({ userId }) => userId) } };
        await db.user.updateMany({ where, data: { platformRole: "platform-admin", disabledAt: null } });
        const outcomes = await Promise.allSettled(
          steps.map(({ by, to, wish }) => changeManagedUser(people[by] ?? ada, people[to]?.email ?? "", wish)),
        );
        const broken = outcomes.flatMap((outcome) =>
          outcome.status === "rejected" ? [outcome.reason as unknown] : [],
        );
        for (const error of broken) expect(error).toMatchObject({ code: "NOT_FOUND" });
        const left = { platformRole: "platform-admin", disabledAt: null };
        expect(await db.user.count({ where: left })).toBeGreaterThan(0);
      }),
      { seed: SEED, numRuns: 15 },
    );
  });
});

test("whoever lost the role while the dialog was open changes nothing", async () => {
  await changeManagedUser(ada, bob.email, DEMOTE);
  const email = newEmail();
  const missing = { code: "NOT_FOUND" };
  await expect(addUser(bob, { email, name: "Eve", platformRole: null })).rejects.toMatchObject(missing);
  await expect(resetPassword(bob, max.email)).rejects.toMatchObject(missing);
  await expect(changeManagedUser(bob, max.email, { kind: "disable" })).rejects.toMatchObject(missing);
  await expect(changeManagedUser(bob, bob.email, { kind: "edit", name: "B" })).rejects.toMatchObject(missing);
  expect(await db.user.count({ where: { email } })).toBe(0);
  expect(await signIn(max.email)).toBeDefined();
  expect(await eventsOf(bob)).toEqual([]);
});
