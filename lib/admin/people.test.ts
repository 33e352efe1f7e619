import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifyPassword } from "@/lib/platform/crypto/password";
import { db } from "@/lib/platform/db/client";
import { startSession } from "@/lib/sessions/mutations";
import { type CommandResult, runCommand } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";

const TYPED = "correct horse battery";
const PRINTED_PASSWORD = /^Password \(shown only this once\): ([A-Za-z0-9]{20})$/m;

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.session.deleteMany();
  await db.membership.deleteMany();
  await db.project.deleteMany();
  await db.user.deleteMany();
});

const findUser = (email: string) => db.user.findUniqueOrThrow({ where: { email } });
const createAda = () => runCommand(["user", "create", "ada@example.org", "--name", "Ada"]);
const signIn = (password: string) =>
  startSession({ email: "ada@example.org", password, address: "127.0.0.1", userAgent: undefined });
const readPassword = ({ printed }: CommandResult) => PRINTED_PASSWORD.exec(printed)?.[1] ?? "";

describe("user", () => {
  test("create prints a random password once, and it works", async () => {
    const created = await createAda();
    expect(created).toMatchObject({ code: 0, complaint: "" });
    expect(created.printed).toMatch(/^Created ada@example\.org\.$/m);
    expect(await verifyPassword((await findUser("ada@example.org")).passwordHash, readPassword(created))).toBe(true);
    const event = await db.auditEvent.findFirstOrThrow({ where: { event: "user.created" }, orderBy: { at: "desc" } });
    expect(event.actorName).toMatch(/^The command line \(.+\)$/);
    expect((await runCommand(["user", "list"])).printed).not.toContain(readPassword(created));
  });

  test("create takes a password from standard input and does not print it", async () => {
    const flags = ["--name", "Ada", "--role", "support", "--password-stdin"];
    const created = await runCommand(["user", "create", "Ada@Example.org", ...flags], `${TYPED}\n`);
    expect(created).toEqual({ code: 0, printed: "Created ada@example.org.\n", complaint: "" });
    const user = await findUser("ada@example.org");
    expect(user.platformRole).toBe("support");
    expect(await verifyPassword(user.passwordHash, TYPED)).toBe(true);
  });

  test.each([
    ["a missing name", ["user", "create", "a@example.org"], "required option '--name <name>' not specified"],
    ["no e-mail address", ["user", "create", "ada", "--name", "Ada"], "This is not an e-mail address"],
    ["an empty name", ["user", "create", "a@example.org", "--name", " "], "Give a name"],
    [
      "an unknown role",
      ["user", "create", "a@example.org", "--name", "A", "--role", "root"],
      "The role must be one of platform-admin, support",
    ],
    ["an unknown option", ["user", "create", "a@example.org", "--name", "A", "--admin"], "unknown option '--admin'"],
    ["an unknown command", ["user", "remove", "a@example.org"], "unknown command 'remove'"],
    ["one argument too many", ["user", "disable", "a@example.org", "b@example.org"], "too many arguments"],
    ["a user who is not there", ["user", "disable", "a@example.org"], "There is no user a@example.org."],
    ["nothing to change", ["user", "change", "a@example.org"], "Nothing to change: give --name or --role."],
    [
      "an unknown role to change to",
      ["user", "change", "a@example.org", "--role", ""],
      "The role must be one of platform-admin, support, none",
    ],
  ])("%s is refused and changes nothing", async (_case, args, sentence) => {
    const refused = await runCommand(args);
    expect(refused).toMatchObject({ code: 1, printed: "" });
    expect(refused.complaint).toContain(sentence);
    expect(await db.user.count()).toBe(0);
  });

  test("create refuses a taken address, and a typed password that is too short without quoting it", async () => {
    await createAda();
    expect(await createAda()).toEqual({
      code: 1,
      printed: "",
      complaint: "There is a user ada@example.org already.\n",
    });
    const short = await runCommand(["user", "create", "b@example.org", "--name", "B", "--password-stdin"], "sesame");
    expect(short).toEqual({ code: 1, printed: "", complaint: "Use at least 12 characters\n" });
    expect(await db.user.count()).toBe(1);
  });

  test("create and set refuse a typed password that is easily guessed, without quoting it", async () => {
    const create = ["user", "create", "ada.lovelace@example.org", "--name", "Ada", "--password-stdin"];
    for (const [typed, sentence] of [
      ["password1234", "Too many people use this password"],
      ["Ada.Lovelace", "made of the e-mail address"],
      ["latchkeylatchkey", "made of the portal's name"],
    ] as const) {
      const refused = await runCommand(create, typed);
      expect(refused).toMatchObject({ code: 1, printed: "" });
      expect(refused.complaint).toContain(sentence);
      expect(refused.complaint).not.toContain(typed);
    }
    expect(await db.user.count()).toBe(0);
    const password = readPassword(await createAda());
    const set = await runCommand(["password", "set", "ada@example.org", "--password-stdin"], "password1234");
    expect(set).toMatchObject({ code: 1, printed: "" });
    expect(await signIn(password)).toBeDefined();
  });

  test("change, disable and enable", async () => {
    const password = readPassword(await createAda());
    const change = ["user", "change", "ada@example.org"];
    expect((await runCommand([...change, "--name", "Ada L", "--role", "support"])).printed).toBe(
      "Changed ada@example.org.\n",
    );
    expect(await findUser("ada@example.org")).toMatchObject({ name: "Ada L", platformRole: "support" });
    expect((await runCommand([...change, "--role", "none"])).code).toBe(0);
    expect(await findUser("ada@example.org")).toMatchObject({ name: "Ada L", platformRole: null });
    expect(await runCommand(["user", "disable", "ada@example.org"])).toMatchObject({
      printed: "Disabled ada@example.org.\n",
    });
    expect(await signIn(password)).toBeUndefined();
    expect((await runCommand(["user", "list"])).printed).toMatch(/^ada@example\.org +Ada L +- +- +disabled$/m);
    expect((await runCommand(["user", "enable", "ada@example.org"])).printed).toBe("Enabled ada@example.org.\n");
    expect(await signIn(password)).toBeDefined();
  });

  test("the last platform-admin cannot be disabled", async () => {
    await runCommand(["user", "create", "root@example.org", "--name", "Root", "--role", "platform-admin"]);
    const refused = await runCommand(["user", "disable", "root@example.org"]);
    expect(refused).toMatchObject({ code: 1, printed: "" });
    expect(refused.complaint).toContain("root@example.org is the last platform-admin who can sign in.");
    expect((await findUser("root@example.org")).disabledAt).toBeNull();
  });
});

describe("password", () => {
  test("set prints a random one or takes a typed one, and ends the sessions", async () => {
    const first = readPassword(await createAda());
    await signIn(first);
    const set = await runCommand(["password", "set", "ada@example.org"]);
    expect(set).toMatchObject({ code: 0, complaint: "" });
    expect(readPassword(set)).not.toBe(first);
    expect(await db.session.count({ where: { revokedAt: null } })).toBe(0);
    expect(await signIn(first)).toBeUndefined();
    expect(await signIn(readPassword(set))).toBeDefined();
    const typed = await runCommand(["password", "set", "ada@example.org", "--password-stdin"], `${TYPED}\r\n`);
    expect(typed).toEqual({ code: 0, printed: "Set the password of ada@example.org.\n", complaint: "" });
    expect(await signIn(TYPED)).toBeDefined();
  });

  test("set prints no password for somebody who is not there", async () => {
    const refused = await runCommand(["password", "set", "nobody@example.org"]);
    expect(refused).toEqual({ code: 1, printed: "", complaint: "There is no user nobody@example.org.\n" });
  });
});

test("a database without tables is named, with what sets it up", async () => {
  await db.$executeRaw`ALTER TABLE users RENAME TO hidden`;
  const refused = await runCommand(["user", "list"]);
  await db.$executeRaw`ALTER TABLE hidden RENAME TO users`;
  expect(refused).toEqual({
    code: 1,
    printed: "",
    complaint: "The database is not set up yet. Run `npm run up` once, or `npm run migrate -- deploy`.\n",
  });
});

test("a database that is older than this version is named, with what brings it up to date", async () => {
  await db.$executeRaw`ALTER TABLE users RENAME COLUMN disabled_at TO hidden`;
  const refused = await runCommand(["user", "list"]);
  await db.$executeRaw`ALTER TABLE users RENAME COLUMN hidden TO disabled_at`;
  expect(refused).toEqual({
    code: 1,
    printed: "",
    complaint: "The database is older than this version. Run `npm run up` once, or `npm run migrate -- deploy`.\n",
  });
});
