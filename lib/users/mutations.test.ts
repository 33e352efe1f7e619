import { beforeAll, expect, test } from "vitest";
import { createToken } from "@/lib/api-tokens/mutations";
import { SYSTEM_ACTOR as BY } from "@/lib/audit/record";
import { startTestDatabase } from "@/testing/database/test-database";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { hashPassword, verifyPassword } from "@/lib/platform/crypto/password";
import { Secret } from "@/lib/platform/secret";
import { changeOwnPassword, changeUser, setPassword, setUserDisabled } from "@/lib/users/mutations";
import { nameSchema, newPasswordSchema } from "@/lib/users/schema";
import { makeUser } from "@/testing/factories/people";

const FIRST = "the first password";
const conflict = { code: "CONFLICT", userMessage: expect.stringContaining("last platform-admin") };

beforeAll(() => startTestDatabase());

const readUser = ({ userId }: Actor) => db.user.findUniqueOrThrow({ where: { id: userId } });
const disable = ({ email }: Actor) => db.$transaction((tx) => setUserDisabled(tx, BY, email, true));
const enable = ({ email }: Actor) => db.$transaction((tx) => setUserDisabled(tx, BY, email, false));
const takeRole = ({ email }: Actor) => db.$transaction((tx) => changeUser(tx, BY, email, { platformRole: null }));

test("the last platform-admin who can sign in keeps the role and is not disabled", async () => {
  const ada = await makeUser(db, "Ada", { platformRole: "platform-admin" });
  await expect(disable(ada)).rejects.toMatchObject(conflict);
  await expect(takeRole(ada)).rejects.toMatchObject(conflict);
  expect(await readUser(ada)).toMatchObject({ disabledAt: null, platformRole: "platform-admin" });

  const bob = await makeUser(db, "Bob", { platformRole: "platform-admin" });
  await disable(bob);
  await expect(disable(ada)).rejects.toMatchObject(conflict);
  await enable(bob);
  await disable(ada);
  await enable(ada);
  await db.$transaction((tx) => changeUser(tx, BY, ada.email, { name: "Ada King" }));

  const outcomes = await Promise.allSettled([disable(ada), takeRole(bob)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

async function makePerson(): Promise<Actor> {
  return makeUser(db, "Max", { password: FIRST });
}

const changeTo = (person: Actor, next: string) =>
  changeOwnPassword({ ...person, sessionId: undefined }, new Secret(FIRST), new Secret(next));

test("a person changes their own password, and it is the one that works from then on", async () => {
  const max = await makePerson();
  expect(await changeTo(max, "the second password")).toEqual({ ok: true });
  expect(await verifyPassword((await readUser(max)).passwordHash, "the second password")).toBe(true);
  expect(await changeTo(max, "the third password")).toMatchObject({ ok: false, field: "current" });
});

test("a new password that is easily guessed is refused with a sentence, and nothing is changed", async () => {
  const max = await makePerson();
  const { passwordHash } = await readUser(max);
  for (const [next, sentence] of [
    ["password1234", "Too many people use this password"],
    [max.email.toUpperCase(), "made of the e-mail address"],
    ["Latchkey-2026", "made of the portal's name"],
  ] as const) {
    const sentences = new RegExp(`${sentence}.*Choose another one.*Nothing was changed\\.`);
    const message = expect.stringMatching(sentences) as string;
    expect(await changeTo(max, next)).toEqual({ ok: false, field: "next", message });
  }
  expect((await readUser(max)).passwordHash).toBe(passwordHash);
});

test("a person's tokens end with their own change of the password, and expired ones are left as they are", async () => {
  const max = await makePerson();
  const make = (expiresAt: Date) =>
    db.$transaction((tx) => createToken(tx, BY, { email: max.email, name: "a script", expiresAt }));
  const live = await make(new Date(Date.now() + 60_000));
  const expired = await make(new Date(Date.now() - 60_000));
  expect(await changeTo(max, "the second password")).toEqual({ ok: true });
  const read = ({ id }: { id: string }) => db.apiToken.findUniqueOrThrow({ where: { id } });
  expect((await read(live)).revokedAt).not.toBeNull();
  expect((await read(expired)).revokedAt).toBeNull();
  const events = await db.auditEvent.findMany({
    where: { actorId: max.userId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  expect(events.map(({ event }) => event)).toEqual(["token.revoked", "user.password-changed"]);
});

/** Runs `change` and lets it wait for the person's row while `meanwhile` is written and committed. */
async function overtake(
  person: Actor,
  change: () => Promise<unknown>,
  meanwhile: { passwordHash?: string; disabledAt?: Date },
) {
  const outcome = await db.$transaction(
    async (tx) => {
      await tx.user.update({ where: { id: person.userId }, data: meanwhile });
      const changing = change().then(
        () => "done",
        (error: unknown) => error,
      );
      await waitForBlocked();
      return { changing };
    },
    { timeout: 30_000 },
  );
  return outcome.changing;
}

async function waitForBlocked(): Promise<void> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const rows = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (rows.length > 0) return;
  }
  throw new Error("nobody waited for the row");
}

test("a password that an administrator sets meanwhile stands", async () => {
  const max = await makePerson();
  const passwordHash = await hashPassword("set by an administrator");
  const outcome = await overtake(max, () => changeTo(max, "the second password"), { passwordHash });
  expect(outcome).toMatchObject({ code: "CONFLICT" });
  expect((await readUser(max)).passwordHash).toBe(passwordHash);
});

test("a person who is disabled meanwhile does not get a new password", async () => {
  const max = await makePerson();
  const { passwordHash } = await readUser(max);
  const outcome = await overtake(max, () => changeTo(max, "the second password"), { disabledAt: new Date() });
  expect(outcome).toMatchObject({ code: "CONFLICT" });
  expect((await readUser(max)).passwordHash).toBe(passwordHash);
});

test("an administrator may set the password at any time", async () => {
  const max = await makePerson();
  const passwordHash = await hashPassword("set by an administrator");
  await db.$transaction((tx) => setPassword(tx, BY, max.email, passwordHash));
  expect(await changeTo(max, "the second password")).toMatchObject({ ok: false, field: "current" });
});

test("names and passwords hold no control characters", () => {
  const nul = String.fromCharCode(0);
  expect(nameSchema.parse("  Ada King ")).toBe("Ada King");
  expect(nameSchema.safeParse(`Ada${nul}King`).success).toBe(false);
  expect(nameSchema.safeParse("Ada\tKing").success).toBe(false);
  expect(nameSchema.safeParse("   ").success).toBe(false);
  expect(newPasswordSchema.safeParse("correct horse battery").success).toBe(true);
  expect(newPasswordSchema.safeParse(`correct horse${nul}battery`).success).toBe(false);
});

test("a name shows something: odd letters are welcome, and a name that nobody can see is not", () => {
  for (const name of ["Žofie 🔑", "أحمد", "\u202eأحمد\u200b", "👩‍💻", "O’Neil", "李"])
    expect(nameSchema.safeParse(name).success, name).toBe(true);
  for (const name of ["\u200b", "\u200d\ufe0f", "\u202e\u2066", "\u3164", "\u2800", "\u00ad \u2060", "\u034f"])
    expect(nameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false);
});
