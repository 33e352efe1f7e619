import { beforeAll, beforeEach, expect, test } from "vitest";
import { hashToken, readTokenUser } from "@/lib/api-tokens/data";
import { TOKEN_DAYS_MAX } from "@/lib/api-tokens/schema";
import { db } from "@/lib/platform/db/client";
import { runCommand } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.apiToken.deleteMany();
  await db.user.deleteMany();
  await runCommand(["user", "create", "ada@example.org", "--name", "Ada"]);
});

const create = (...flags: string[]) => runCommand(["token", "create", "ada@example.org", "--name", "backup", ...flags]);

test("a token is printed once, alone on standard output, and kept as a hash", async () => {
  const { code, printed, complaint } = await create("--days", "7");
  expect(code).toBe(0);
  const token = printed.trimEnd();
  const row = await db.apiToken.findFirstOrThrow();
  expect(Buffer.from(row.hash).equals(Buffer.from(hashToken(token)))).toBe(true);
  expect(complaint).toContain(`Made the token ${row.id} for ada@example.org, valid until`);
  expect(complaint).not.toContain(token);
  const days = (row.expiresAt.getTime() - row.createdAt.getTime()) / (24 * 60 * 60 * 1_000);
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThan(7.1);
  const list = await runCommand(["token", "list", "ada@example.org"]);
  expect(list.printed).toMatch(new RegExp(`^${row.id} +ada@example\\.org +backup +all +write `, "m"));
  expect(list.printed).not.toContain(token);
});

test("a token of a project that may only read is made and listed as that", async () => {
  await runCommand(["project", "create", "demo", "--name", "Demo"]);
  expect((await create("--project", "demo", "--scope", "read")).code).toBe(0);
  const row = await db.apiToken.findFirstOrThrow({ include: { project: true } });
  expect(row).toMatchObject({ scope: "read", project: { slug: "demo" } });
  expect((await runCommand(["token", "list"])).printed).toMatch(/ backup +demo +read /);
  const event = await db.auditEvent.findFirst({ where: { event: "token.created" }, orderBy: { at: "desc" } });
  expect(event).toMatchObject({ projectId: row.projectId, data: { project: "demo", scope: "read" } });
});

test("a token is revoked, and the list says so", async () => {
  await create();
  const { id } = await db.apiToken.findFirstOrThrow();
  expect(await runCommand(["token", "revoke", id])).toEqual({
    code: 0,
    printed: `Revoked the token ${id}.\n`,
    complaint: "",
  });
  expect((await db.apiToken.findFirstOrThrow()).revokedAt).not.toBeNull();
  expect((await runCommand(["token", "list"])).printed).toMatch(/ revoked$/m);
});

const CREATE = ["token", "create", "ada@example.org", "--name", "x"];
const DAYS = `The days must be a whole number from 1 to ${TOKEN_DAYS_MAX}`;

test.each([
  ["no name", ["token", "create", "ada@example.org"], "required option '--name <name>' not specified"],
  ["no days", ["token", "create", "ada@example.org", "--name", "x", "--days", "0"], DAYS],
  ["too many days", ["token", "create", "ada@example.org", "--name", "x", "--days", String(TOKEN_DAYS_MAX + 1)], DAYS],
  ["half a day", ["token", "create", "ada@example.org", "--name", "x", "--days", "0.5"], DAYS],
  ["days that are no number", ["token", "create", "ada@example.org", "--name", "x", "--days", "week"], DAYS],
  ["a project that is not there", [...CREATE, "--project", "unknown"], "There is no project unknown."],
  ["a project that is no slug", [...CREATE, "--project", "../x"], "Use lower case letters, digits and hyphens"],
  ["another scope", [...CREATE, "--scope", "admin"], "The scope must be read, write or manage"],
  ["a name with a control character", ["token", "create", "ada@example.org", "--name", "a\u0007b"], "no invisible"],
  ["the list of a person who is not there", ["token", "list", "b@example.org"], "There is no user b@example.org."],
  ["a person who is not there", ["token", "create", "b@example.org", "--name", "x"], "There is no user b@example.org."],
  ["the token itself instead of its id", ["token", "revoke", "lk_secret"], "This is not the id of a token."],
  [
    "an id of no token",
    ["token", "revoke", "00000000-0000-4000-8000-000000000000"],
    "There is no token 00000000-0000-4000-8000-000000000000.",
  ],
])("%s is refused and makes no token", async (_case, args, sentence) => {
  const refused = await runCommand(args);
  expect(refused).toMatchObject({ code: 1, printed: "" });
  expect(refused.complaint).toContain(sentence);
  expect(refused.complaint).not.toContain("lk_secret");
  expect(await db.apiToken.count()).toBe(0);
});

test.each([
  ["the person is disabled", ["user", "disable", "ada@example.org"]],
  ["the password is set", ["password", "set", "ada@example.org"]],
])("when %s, the tokens end, and stay ended when the person is enabled again", async (_case, args) => {
  const token = (await create()).printed.trimEnd();
  expect(await readTokenUser(token)).toMatchObject({ email: "ada@example.org" });
  expect((await runCommand(args)).code).toBe(0);
  await runCommand(["user", "enable", "ada@example.org"]);
  expect(await readTokenUser(token)).toBeUndefined();
  const event = await db.auditEvent.findFirst({ where: { event: "token.revoked" }, orderBy: { at: "desc" } });
  expect(event?.data).toEqual({ email: "ada@example.org", name: "backup", scope: "write" });
});

test("a disabled person gets no token", async () => {
  await runCommand(["user", "disable", "ada@example.org"]);
  const refused = await create();
  expect(refused).toMatchObject({ code: 1, printed: "" });
  expect(refused.complaint).toContain("The user ada@example.org is disabled.");
  expect(await db.apiToken.count()).toBe(0);
});
