import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT } from "@/lib/cli/failure";
import { runLatchkey } from "@/lib/cli/program";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

/** Moves the cursor up and clears the line, in both ways to write it. */
const ESCAPE = "\u001B[1A\u001B[2K\u009B1A\u202E";
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}]/u;

const key = {
  accessKeyId: "LKEX0000000000000000",
  secretKey: "s".repeat(40),
  endpoint: "https://s3.example.org",
  region: "north",
  signingRegion: "north",
  name: null,
  access: "full",
  expirationDate: null,
  revoking: 0,
};
const card = {
  region: { name: "north", endpoint: key.endpoint, signingRegion: "north", plainUploads: false },
  key: { accessKeyId: key.accessKeyId },
  named: [],
};
const token = { name: "a token", project: null, scope: "write", expirationDate: "2063-04-05T00:00:00.000Z" };

let folder: string;
let portal: Awaited<ReturnType<typeof serveApp>>;
let asked: string[];
let answer: (path: string) => unknown;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-hostile-"));
  asked = [];
  answer = (path) => (path.endsWith("/regions") ? { cards: [card] } : key);
  portal = await serveApp({
    fetch(request) {
      const path = new URL(request.url).pathname.replace("/api/v1", "");
      asked.push(`${request.method} ${path}`);
      const value = answer(path);
      return value instanceof Response ? value : Response.json(value);
    },
  });
});
afterEach(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const latchkey = (args: string[], given: { env?: object; input?: string | string[]; person?: boolean } = {}) =>
  runLatchkeyHere(args, {
    ...given,
    env: {
      LATCHKEY_URL: portal.url,
      LATCHKEY_TOKEN: "lkt_x",
      LATCHKEY_PROJECT: "demo",
      LATCHKEY_CONFIG: join(folder, "profiles.json"),
      ...given.env,
    },
  });
const login = (...args: string[]) =>
  latchkey(["login", portal.url, "--stdin", ...args], { input: "lkt_x", env: { LATCHKEY_TOKEN: undefined } });
const changes = () => asked.filter((request) => !request.startsWith("GET"));

const problem = (detail: string) => Response.json({ code: "CONFLICT", detail }, { status: 409 });

test.each([
  ["in a refusal", () => problem(`no${ESCAPE}`), ["projects"], {}],
  [
    "in the name of a region",
    () => ({ cards: [{ ...card, region: { ...card.region, name: ESCAPE } }] }),
    ["keys", "show", "-r", "x"],
    {},
  ],
  [
    "in a question",
    (path: string) =>
      path.endsWith("/regions") ? { cards: [{ ...card, region: { ...card.region, name: ESCAPE } }] } : key,
    ["keys", "disable"],
    { person: true, input: ["no"] },
  ],
  [
    "in the outcome of a change",
    (path: string) => (path.endsWith("/regions") ? { cards: [card] } : { message: ESCAPE }),
    ["keys", "activate"],
    {},
  ],
  ["in JSON", () => ({ projects: [{ name: ESCAPE }], next: null }), ["projects", "-o", "json"], {}],
])("control characters %s do not reach the terminal", async (_case, respond, args, given) => {
  answer = respond;
  const { printed, complaint } = await latchkey(args, given);
  expect(printed + complaint).not.toMatch(HIDDEN);
  expect(asked).not.toEqual([]);
});

test("JSON keeps such characters as escapes", async () => {
  const projects = [{ name: `${ESCAPE}\u{E0001}` }];
  answer = () => ({ projects, next: null });
  expect(JSON.parse((await latchkey(["projects", "-o", "json"])).printed)).toEqual({ projects });
});

test.each(["", ".", "..", "new/", "missing/..", "file/x", "locked/x"])(
  "no key is made for the secret file %o, which cannot be one",
  async (name) => {
    writeFileSync(join(folder, "file"), "");
    const secretFile = name === "" ? "" : `${folder}/${name}`;
    const args = ["keys", "create", "--secret-file", name === "locked/x" ? "/proc/self/x" : secretFile];
    expect(await latchkey(args)).toMatchObject({ code: EXIT.usage, printed: "" });
    expect(changes()).toEqual([]);
    expect(readdirSync(folder)).toEqual(["file"]);
  },
);

test("a secret that nobody reads is no success", async () => {
  const errors = new PassThrough();
  const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
  output.on("error", () => undefined);
  const env = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: "lkt_x", LATCHKEY_PROJECT: "demo" };
  const terminal = { env, input: new PassThrough(), output, errors, now: () => new Date() };
  expect(await runLatchkey(["keys", "create"], terminal)).toBe(EXIT.unexpected);
  expect(String(errors.read())).toContain(`The key ${key.accessKeyId} was made, and its secret could not be kept.`);
});

test.each(["constructor", "toString"])("%s is no profile and no time unless somebody made it one", async (name) => {
  const env = { LATCHKEY_TOKEN: undefined };
  for (const command of ["whoami", "logout"])
    expect((await latchkey([command, "--profile", name], { env })).code).toBe(EXIT.signedOut);
  const regenerate = ["keys", "regenerate", "--yes", "--keep-old", name];
  expect((await latchkey(regenerate)).code).toBe(EXIT.usage);
  expect(changes()).toEqual([]);
});

test.each(["", ".", ".."])("the access key id %o asks for no other path", async (id) => {
  expect((await latchkey(["keys", "show", id])).code).toBe(EXIT.usage);
  expect((await latchkey(["support", "disable", id, "--yes", "--reason", "x"])).code).toBe(EXIT.usage);
  expect(asked).toEqual([]);
});

test("a token that no header can have is refused without being shown", async () => {
  const ended = await latchkey(["projects"], { env: { LATCHKEY_TOKEN: "lkt_a\nb" } });
  expect(ended).toMatchObject({ code: EXIT.usage });
  expect(ended.complaint).not.toContain("lkt_a");
});

test.each([{}, [], null, { token: {} }])("a server that answers %j is no portal to sign in at", async (reply) => {
  answer = () => reply;
  const ended = await login();
  expect(ended).toMatchObject({ code: EXIT.unexpected });
  expect(ended.complaint).toContain("is no Latchkey portal");
  expect(existsSync(join(folder, "profiles.json"))).toBe(false);
});

const profilesFile = () => join(folder, "profiles.json");
const keepProfiles = (profiles: object, mode = 0o600) =>
  writeFileSync(profilesFile(), JSON.stringify({ profiles }), { mode });
const readKept = () => (JSON.parse(readFileSync(profilesFile(), "utf8")) as { profiles: object }).profiles;

/** Answers as a portal does that signs Ada in, after `meanwhile`. */
function signIn(meanwhile: (path: string) => void = () => undefined, own: object = token): void {
  answer = (path) => {
    meanwhile(path);
    if (path === "/tokens") return { token: "lkt_new" };
    return path === "/account" ? { name: "Ada", email: "ada@example.org", token: own } : {};
  };
}

test("a profile that another command keeps while a person signs in stays", async () => {
  const desk = { url: portal.url, token: "lkt_desk" };
  signIn(() => keepProfiles({ desk }));
  expect(await login("--email", "ada@example.org")).toMatchObject({ code: EXIT.done });
  expect(readKept()).toMatchObject({ desk, default: { token: "lkt_new" } });
});

test("a token that a password got and that cannot be kept is revoked", async () => {
  signIn((path) => path === "/account" && keepProfiles({}, 0o644));
  const login = ["login", portal.url, "--stdin", "--email", "ada@example.org"];
  const ended = await latchkey(login, { input: "a password", env: { LATCHKEY_TOKEN: undefined } });
  expect(ended).toMatchObject({ code: EXIT.usage, printed: "" });
  expect(changes()).toEqual(["POST /tokens", "POST /account/revoke-token"]);
});

test("a password is not asked for when its token cannot be kept", async () => {
  signIn();
  writeFileSync(join(folder, "file"), "");
  const env = { LATCHKEY_TOKEN: undefined, LATCHKEY_CONFIG: join(folder, "file/profiles.json") };
  const ended = await latchkey(["login", portal.url, "--email", "ada@example.org"], { env, person: true });
  expect(ended).toMatchObject({ code: EXIT.usage });
  expect(ended.complaint).not.toContain("Password");
  expect(asked).toEqual([]);
});

test("signing in again says that the former token still works", async () => {
  keepProfiles({ default: { url: portal.url, token: "lkt_former" } });
  signIn();
  expect((await login()).complaint).toContain("The token that the profile had before still works.");
  expect((await login()).complaint).not.toContain("had before");
});

test.each([
  ["--scope", "read"],
  ["--days", "1"],
  ["--name", "laptop"],
  ["--project", "other"],
])("%s is refused where the token is another one already", async (option, value) => {
  signIn(undefined, { ...token, project: "demo" });
  expect(await login(option, value)).toMatchObject({ code: EXIT.usage, printed: "" });
  expect(existsSync(profilesFile())).toBe(false);
});

test("the project is kept beside a token that works in every project", async () => {
  signIn();
  expect(await login("--project", "demo")).toMatchObject({ code: EXIT.done });
  expect(readKept()).toMatchObject({ default: { project: "demo" } });
});
