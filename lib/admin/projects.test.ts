import { beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "@/lib/platform/db/client";
import { runCommand } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.membership.deleteMany();
  await db.project.deleteMany();
  await db.user.deleteMany();
  await runCommand(["user", "create", "ada@example.org", "--name", "Ada"]);
  await runCommand(["project", "create", "research", "--name", "Research"]);
});

const findProject = () => db.project.findUniqueOrThrow({ where: { slug: "research" } });
const listMembers = async () => (await runCommand(["member", "list", "research"])).printed;

test("a project is created, renamed, disabled, enabled and listed", async () => {
  expect(await findProject()).toMatchObject({ name: "Research", disabledAt: null });
  expect((await runCommand(["project", "change", "research", "--name", "Research Lab"])).printed).toBe(
    "Changed the project research.\n",
  );
  expect((await findProject()).name).toBe("Research Lab");
  expect((await runCommand(["project", "disable", "research"])).printed).toBe("Disabled the project research.\n");
  expect((await findProject()).disabledAt).not.toBeNull();
  expect((await runCommand(["project", "list"])).printed).toMatch(/^research +Research Lab +0 +disabled$/m);
  expect((await runCommand(["project", "enable", "research"])).printed).toBe("Enabled the project research.\n");
  expect((await findProject()).disabledAt).toBeNull();
});

test("the list has every page, newest first", async () => {
  const slugs = Array.from({ length: 60 }, (_none, index) => `p${String(index).padStart(2, "0")}`);
  for (const slug of slugs) await db.project.create({ data: { slug, name: slug } });
  const lines = (await runCommand(["project", "list"])).printed.trimEnd().split("\n");
  expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual([...slugs.reverse(), "research"]);
});

test.each([
  ["a taken slug", ["project", "create", "research", "--name", "Another"], "There is a project research already."],
  [
    "a slug in capitals",
    ["project", "create", "Lab", "--name", "Lab"],
    "Use lower case letters, digits and single hyphens",
  ],
  ["no name", ["project", "create", "lab"], "required option '--name <name>' not specified"],
  ["a name with control characters", ["project", "create", "lab", "--name", "a\u0007b"], "Use no control characters"],
  ["a project that is not there", ["project", "disable", "lab"], "There is no project lab."],
  ["a member of no project", ["member", "set", "lab", "ada@example.org", "admin"], "There is no project lab."],
  [
    "a member who is not there",
    ["member", "set", "research", "b@example.org", "admin"],
    "There is no user b@example.org.",
  ],
  [
    "an unknown role",
    ["member", "set", "research", "ada@example.org", "owner"],
    "The role must be one of admin, member+, member",
  ],
  [
    "removing somebody who is not a member",
    ["member", "remove", "research", "ada@example.org"],
    "ada@example.org is not in research.",
  ],
  ["a missing argument", ["member", "set", "research"], "missing required argument 'email'"],
])("%s is refused and changes nothing", async (_case, args, sentence) => {
  const before = await db.auditEvent.count();
  const refused = await runCommand(args);
  expect(refused).toMatchObject({ code: 1, printed: "" });
  expect(refused.complaint).toContain(sentence);
  expect(await db.auditEvent.count()).toBe(before);
  expect(await db.project.findMany({ select: { name: true, disabledAt: true } })).toEqual([
    { name: "Research", disabledAt: null },
  ]);
  expect(await db.membership.count()).toBe(0);
});

test("a member is added, gets another role, and is removed", async () => {
  const set = (role: string) => runCommand(["member", "set", "research", "Ada@example.org", role]);
  expect((await set("member+")).printed).toBe("ada@example.org has the role member+ in the project research.\n");
  expect((await set("admin")).code).toBe(0);
  expect(await listMembers()).toMatch(/^ada@example\.org +Ada +admin$/m);
  expect((await runCommand(["member", "remove", "research", "ada@example.org"])).printed).toBe(
    "Removed ada@example.org from the project research.\n",
  );
  expect(await listMembers()).toBe("There are none.\n");
});
