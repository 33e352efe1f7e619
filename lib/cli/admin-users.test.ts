import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";
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
  await db.user.updateMany({ data: { platformRole: null } });
  ada = await makeUser(db, `Ada-${randomUUID()}`, { platformRole: "platform-admin" });
  max = await makeUser(db, `Max-${randomUUID()}`);
  const token = await makeToken(db, ada, { scope: "manage" });
  variables = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: token };
});

const latchkey = (line: string, given: { input?: string; person?: boolean } = {}) =>
  runLatchkeyHere(["admin", "users", ...line.split(" ")], { ...given, env: variables });
const readUser = (email: string) => db.user.findUnique({ where: { email } });

test("users are added, listed, changed, signed out, disabled and enabled", async () => {
  const email = `new-${randomUUID()}@example.test`;
  const added = await latchkey(`add ${email} --name Zofie --role support`);
  expect(added.code).toBe(EXIT.done);
  expect(added.printed).toMatch(/Set-up link: +https?:\/\/\S+\/set-up#[A-Za-z0-9]{48}$/m);
  expect(added.printed.match(/#/g)).toHaveLength(1);
  const { printed } = await latchkey(`list --search ${email}`);
  expect(printed).toMatch(new RegExp(`^${email} +Zofie +support +0 +\\d{4}-\\d\\d-\\d\\d +waits for set-up$`, "m"));
  const listed = await latchkey(`list --search ${email} --output json`);
  expect(JSON.parse(listed.printed)).toMatchObject({ users: [{ email, waitsForSetUp: true }] });
  expect((await latchkey(`edit ${email} --name Eve --role none`)).code).toBe(EXIT.done);
  expect(await readUser(email)).toMatchObject({ name: "Eve", platformRole: null });
  expect((await latchkey(`end-sessions ${email} --yes`)).code).toBe(EXIT.done);
  expect((await latchkey(`disable ${email} --yes`)).code).toBe(EXIT.done);
  expect((await readUser(email))?.disabledAt).not.toBeNull();
  expect((await latchkey(`enable ${email}`)).code).toBe(EXIT.done);
  expect((await readUser(email))?.disabledAt).toBeNull();
  const again = await latchkey(`enable ${email} --output json`);
  expect(JSON.parse(again.printed)).toMatchObject({ outcome: "already-done" });
});

test("a password is reset with a confirmation, and the link is in the answer", async () => {
  const { passwordHash } = (await readUser(max.email)) ?? {};
  expect((await latchkey(`reset-password ${max.email}`)).code).toBe(EXIT.unconfirmed);
  expect((await latchkey(`disable ${max.email}`, { person: true, input: "no\n" })).code).toBe(EXIT.unconfirmed);
  expect(await readUser(max.email)).toMatchObject({ passwordHash, disabledAt: null });
  const reset = await latchkey(`reset-password ${max.email} --yes --output json`);
  expect(JSON.parse(reset.printed)).toEqual({
    email: max.email,
    setUpLink: expect.stringMatching(/\/set-up#[A-Za-z0-9]{48}$/),
    expirationDate: expect.any(String),
  });
  expect(await readUser(max.email)).toMatchObject({ passwordHash: null });
});

test.each([
  ["a taken address", () => `add ${max.email} --name Max`, EXIT.refused, "There is a user"],
  ["the last admin", () => `disable ${ada.email} --yes`, EXIT.refused, "is the last platform admin"],
  ["a role that is none", () => "add a@example.test --name A --role owner", EXIT.usage, "The role must be one of"],
  ["no e-mail address", () => "add nobody --name A", EXIT.usage, "This is not an e-mail address"],
  ["a missing name", () => "add a@example.test", EXIT.usage, "--name"],
  ["nothing to change", () => `edit ${max.email}`, EXIT.usage, "give --name or --role"],
])("%s is refused with a sentence, and nothing changes", async (_case, compose, code, sentence) => {
  const refused = await latchkey(compose());
  expect(refused).toMatchObject({ code, printed: "" });
  expect(refused.complaint).toContain(sentence);
  expect(await readUser("a@example.test")).toBeNull();
  expect(await readUser(ada.email)).toMatchObject({ platformRole: "platform-admin", disabledAt: null });
});
