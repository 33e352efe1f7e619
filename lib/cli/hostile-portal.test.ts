import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT } from "@/lib/cli/failure";
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

test.each(["constructor", "toString"])("%s is no time for which a key is kept", async (name) => {
  const regenerate = ["keys", "regenerate", "--yes", "--keep-old", name];
  expect((await latchkey(regenerate)).code).toBe(EXIT.usage);
  expect(changes()).toEqual([]);
});

test.each(["", ".", ".."])("the access key id %o asks for no other path", async (id) => {
  expect((await latchkey(["keys", "show", id])).code).toBe(EXIT.usage);
  expect((await latchkey(["support", "find", id])).code).toBe(EXIT.usage);
  expect((await latchkey(["support", "disable", id, "--yes", "--reason", "x"])).code).toBe(EXIT.usage);
  expect(asked).toEqual([]);
});
