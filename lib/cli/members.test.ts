import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

let portal: Awaited<ReturnType<typeof serveApp>>;
let ada: Actor;
let max: Actor;
let variables: Record<string, string>;

beforeAll(async () => {
  await startTestDatabase();
  portal = await serveApp(createApi());
});
afterAll(() => portal.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  ada = await makeUser(db, `Ada-${randomUUID()}`);
  max = await makeUser(db, `Max-${randomUUID()}`);
  const { slug } = await makeProject(db, [[ada, "admin"]]);
  const token = await makeToken(db, ada, { project: slug });
  variables = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: token, LATCHKEY_PROJECT: slug };
});

const latchkey = (line: string, given: { input?: string; person?: boolean } = {}) =>
  runLatchkeyHere(line.split(" "), { ...given, env: variables });
const roleOf = async ({ userId }: Actor) => (await db.membership.findFirst({ where: { userId } }))?.role;

test("members are added, listed, given another role and removed", async () => {
  const added = await latchkey(`members add ${max.email} --role member`);
  expect(added).toMatchObject({ code: EXIT.done, printed: `${max.email} is in the project now, as member.\n` });
  expect(await roleOf(max)).toBe("member");
  const { printed } = await latchkey("members list");
  expect(printed).toMatch(new RegExp(`^${max.email} +${max.name} +member +\\d{4}-\\d\\d-\\d\\d$`, "m"));
  const listed = await latchkey(`members list --search ${max.name} --output json`);
  expect(JSON.parse(listed.printed)).toMatchObject({ members: [{ email: max.email, disabled: false }] });
  expect((await latchkey(`members set-role ${max.email} --role member+`)).code).toBe(EXIT.done);
  expect(await roleOf(max)).toBe("member+");
  const again = await latchkey(`members set-role ${max.email} --role member+ --output json`);
  expect(JSON.parse(again.printed)).toMatchObject({ outcome: "already-done" });
  expect((await latchkey(`members remove ${max.email} --yes`)).code).toBe(EXIT.done);
  expect(await roleOf(max)).toBeUndefined();
});

test("nobody is removed without a confirmation", async () => {
  await latchkey(`members add ${max.email} --role member`);
  expect((await latchkey(`members remove ${max.email}`)).code).toBe(EXIT.unconfirmed);
  expect((await latchkey(`members remove ${max.email}`, { person: true, input: "no\n" })).code).toBe(EXIT.unconfirmed);
  expect(await roleOf(max)).toBe("member");
  expect((await latchkey(`members remove ${max.email}`, { person: true, input: "confirm\n" })).code).toBe(EXIT.done);
  expect(await roleOf(max)).toBeUndefined();
});

test.each([
  ["the last admin", () => `members set-role ${ada.email} --role member`, EXIT.refused, "is the last admin"],
  ["an unknown account", () => "members add nobody@example.test --role member", EXIT.refused, "Ask a platform admin"],
  ["a role that is none", () => `members add ${max.email} --role owner`, EXIT.usage, "The role must be one of"],
  ["no e-mail address", () => "members add nobody --role member", EXIT.usage, "This is not an e-mail address"],
  ["a missing role", () => `members add ${max.email}`, EXIT.usage, "--role"],
])("%s is refused with a sentence, and nothing changes", async (_case, compose, code, sentence) => {
  const refused = await latchkey(compose());
  expect(refused).toMatchObject({ code, printed: "" });
  expect(refused.complaint).toContain(sentence);
  expect([await roleOf(ada), await roleOf(max)]).toEqual(["admin", undefined]);
});
