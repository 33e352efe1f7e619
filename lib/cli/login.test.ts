import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const PASSWORD = randomUUID();
let portal: Awaited<ReturnType<typeof serveApp>>;
let home: string;
let mia: Actor;
let slug: string;

beforeAll(async () => {
  await startTestDatabase();
  portal = await serveApp(createApi());
});
afterAll(() => portal.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  home = mkdtempSync(join(tmpdir(), "latchkey-login-"));
  mia = await makeUser(db, `Mia ${randomUUID()}`, { password: PASSWORD });
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const latchkey = (args: string[], given: { input?: string; person?: boolean } = {}) =>
  runLatchkeyHere(args, { ...given, env: { HOME: home } });
const keptFile = () => join(home, ".config/latchkey/profiles.json");

test("a typed password gets a token, which is kept for its owner alone and never shown; logout revokes it", async () => {
  const login = ["login", portal.url, "--email", mia.email];
  const signedIn = await latchkey(login, { person: true, input: `${PASSWORD}\n` });
  expect(signedIn).toMatchObject({ code: EXIT.done, printed: "" });
  expect(signedIn.complaint).toContain(`for the project ${slug}`);
  expect(signedIn.complaint).not.toContain(PASSWORD);
  expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
  expect(statSync(join(keptFile(), "..")).mode & 0o777).toBe(0o700);
  const kept = readFileSync(keptFile(), "utf8");
  expect(kept).not.toContain(PASSWORD);
  const [token = "none"] = /lkt_\w+/.exec(kept) ?? [];
  expect((await latchkey(["projects"])).printed).toContain(slug);
  expect((await latchkey(["whoami"])).printed).toContain(mia.email);
  const profiles = await latchkey(["profiles", "-o", "json"]);
  expect(profiles.printed).toContain(slug);
  expect(profiles.printed).not.toContain(token);
  expect(await latchkey(["logout"])).toMatchObject({ code: EXIT.done });
  expect((await latchkey(["projects"])).code).toBe(EXIT.signedOut);
  expect(await db.apiToken.count({ where: { userId: mia.userId, revokedAt: null } })).toBe(0);
});

test("a token from a pipe signs in, in a profile of its own beside others", async () => {
  const read = await makeToken(db, mia, { project: slug, scope: "read" });
  expect((await latchkey(["login", portal.url, "--stdin"], { input: `${read}\n` })).code).toBe(EXIT.done);
  const noa = await makeUser(db, `Noa ${randomUUID()}`, { platformRole: "support" });
  const other = await makeToken(db, noa);
  const login = ["login", portal.url, "--stdin", "--profile", "desk"];
  expect(await latchkey(login, { input: other })).toMatchObject({ code: EXIT.done });
  expect((await latchkey(["whoami"])).printed).toContain(mia.email);
  expect((await latchkey(["whoami", "--profile", "desk"])).printed).toContain(noa.email);
  expect((await latchkey(["profiles"])).printed).toMatch(/desk .*\n?.*|default/);
  expect((await latchkey(["logout", "--profile", "desk"])).code).toBe(EXIT.done);
  expect((await latchkey(["whoami"])).code).toBe(EXIT.done);
});

test("a token that died is forgotten by logout", async () => {
  const token = await makeToken(db, mia);
  await latchkey(["login", portal.url, "--stdin"], { input: token });
  await db.apiToken.updateMany({ where: { userId: mia.userId }, data: { revokedAt: new Date() } });
  expect(await latchkey(["logout"])).toMatchObject({ code: EXIT.done });
  expect((await latchkey(["logout"])).code).toBe(EXIT.signedOut);
});

test.each([
  ["a wrong password", ["--email", "nobody@example.test", "--stdin"], "a guess", EXIT.signedOut],
  ["no token at all", ["--stdin"], "", EXIT.usage],
  ["two lines", ["--stdin"], "one\ntwo\n", EXIT.usage],
  ["a text that is no token", ["--stdin"], "not a token", EXIT.usage],
  ["an unknown token", ["--stdin"], `lkt_${"a".repeat(54)}`, EXIT.signedOut],
  ["nobody to ask", [], "", EXIT.usage],
  ["a profile that cannot be one", ["--stdin", "--profile", "../x"], "lkt_x", EXIT.usage],
])("%s signs nobody in, and keeps nothing", async (_case, options, input, code) => {
  expect((await latchkey(["login", portal.url, ...options], { input })).code).toBe(code);
  expect((await latchkey(["profiles"])).printed).toBe("There are none.\n");
});

test.each(["portal.example", "ftp://portal.example", "https://me:pw@portal.example", "https://portal.example/path"])(
  "%s is no address of a portal",
  async (address) => {
    expect((await latchkey(["login", address, "--stdin"], { input: "lkt_x" })).code).toBe(EXIT.usage);
  },
);

test("plain http to another machine needs a word", async () => {
  const refused = await latchkey(["login", "http://192.0.2.1", "--stdin"], { input: "lkt_x" });
  expect(refused).toMatchObject({ code: EXIT.usage });
  expect(refused.complaint).toContain("--allow-http");
});
