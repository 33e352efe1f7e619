import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

let storage: Storage;
let portal: Awaited<ReturnType<typeof serveApp>>;
let folder: string;
let mia: Actor;
let slug: string;
let variables: Record<string, string>;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  portal = await serveApp(createApi());
});
afterAll(async () => {
  await portal.stop();
  await storage.stop();
});
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  folder = mkdtempSync(join(tmpdir(), "latchkey-cli-"));
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
  variables = {
    LATCHKEY_URL: portal.url,
    LATCHKEY_TOKEN: await makeToken(db, mia, { project: slug }),
    LATCHKEY_REGION: "north",
    LATCHKEY_CONFIG: join(folder, "profiles.json"),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const latchkey = (line: string, given: { input?: string; person?: boolean; env?: Record<string, string> } = {}) =>
  runLatchkeyHere(line.split(" "), { ...given, env: { ...variables, ...given.env } });

async function readJson<Value>(line: string): Promise<Value> {
  const { code, printed, complaint } = await latchkey(`${line} --output json`);
  expect(code, complaint).toBe(EXIT.done);
  return JSON.parse(printed) as Value;
}

interface Made {
  accessKeyId: string;
  secretKey: string;
  endpoint: string;
  signingRegion: string;
}

async function works({ accessKeyId, secretKey, endpoint, signingRegion }: Made): Promise<boolean> {
  const gateway = { name: "north", endpoint };
  const context = { signal: AbortSignal.timeout(10_000), requestId: randomUUID() };
  return (await probeS3(gateway, signingRegion, accessKeyId, new Secret(secretKey), context)) === "accepted";
}

describe("a key", () => {
  test("is created, shown, regenerated, switched off and on, dated and disabled", async () => {
    const made = await readJson<Made>("keys create --expires 90d");
    expect(await works(made)).toBe(true);
    expect((await latchkey("keys show")).printed).toContain(made.accessKeyId);
    const next = await readJson<Made>("keys regenerate --yes --wait");
    expect([await works(made), await works(next)]).toEqual([false, true]);
    expect((await latchkey("keys deactivate")).code).toBe(EXIT.done);
    expect(await works(next)).toBe(false);
    expect((await latchkey("keys activate")).code).toBe(EXIT.done);
    expect((await latchkey("keys set-expiration 2063-04-05")).code).toBe(EXIT.done);
    expect(await readJson<object>("keys show")).toMatchObject({
      accessKeyId: next.accessKeyId,
      expirationDate: "2063-04-05T00:00:00.000Z",
    });
    expect((await latchkey("keys set-expiration never")).code).toBe(EXIT.done);
    const { printed } = await latchkey("keys show");
    expect(printed).toMatch(/^Expires: +never$/m);
    expect(printed).not.toContain(next.secretKey);
    expect((await latchkey("keys disable --yes --wait")).code).toBe(EXIT.done);
    expect(await works(next)).toBe(false);
    expect((await latchkey(`keys history ${next.accessKeyId}`)).printed).toContain("is removed and refused");
  });

  test("that is disabled with --wait is told of until the gateway refuses it", async () => {
    const made = await readJson<Made>("keys create");
    const { code, complaint } = await latchkey("keys disable --yes --wait");
    expect(code).toBe(EXIT.done);
    expect(complaint).toMatch(new RegExp(`${made.accessKeyId} {2}north.*: refused after [\\d.]+ s`));
  });

  test("can have a name and be read-only, and the old one can be kept for a while", async () => {
    const named = await readJson<object>("keys create --name backup --access read-only");
    expect(named).toMatchObject({ name: "backup", access: "read-only" });
    const next = await readJson<{ accessKeyId: string }>("keys regenerate --name backup --keep-old 1h --yes");
    expect((await latchkey("keys list --name backup")).printed).toMatch(/RETIRING/);
    expect((await latchkey("keys keep-longer 1d --name backup")).code).toBe(EXIT.done);
    expect((await latchkey("keys retire --name backup")).code).toBe(EXIT.done);
    const { keys } = await readJson<{ keys: { accessKeyId: string; state: string }[] }>("keys list --state active");
    expect(keys.map(({ accessKeyId }) => accessKeyId)).toEqual([next.accessKeyId]);
  });

  test("is not made by a dry run", async () => {
    const { code, printed } = await latchkey("keys create --dry-run");
    expect([code, JSON.parse(printed)]).toMatchObject([EXIT.done, { outcome: "issued", state: "ACTIVE" }]);
    expect((await readJson<{ keys: unknown[] }>("keys list")).keys).toEqual([]);
  });
});

describe("a secret", () => {
  test("goes to a person's screen only when the person wants it there, and nothing is made otherwise", async () => {
    const refused = await latchkey("keys create", { person: true, input: "no\n" });
    expect(refused.code).toBe(EXIT.unconfirmed);
    expect((await readJson<{ keys: unknown[] }>("keys list")).keys).toEqual([]);
    const shown = await latchkey("keys create", { person: true, input: "yes\n" });
    expect(shown.code).toBe(EXIT.done);
    expect(shown.printed).toMatch(/^Secret access key: +[A-Za-z0-9]{40}$/m);
  });

  test("goes into a new file that its owner alone can read", async () => {
    const secretFile = join(folder, "north.env");
    const { code, printed } = await latchkey(`keys create --secret-file ${secretFile}`, { person: true });
    expect(code).toBe(EXIT.done);
    expect(statSync(secretFile).mode & 0o777).toBe(0o600);
    const [, secret = "none"] = /^AWS_SECRET_ACCESS_KEY=(\w{40})$/m.exec(readFileSync(secretFile, "utf8")) ?? [];
    expect(printed).not.toContain(secret);
    const again = await latchkey(`keys regenerate --yes --secret-file ${secretFile}`);
    expect(again).toMatchObject({ code: EXIT.usage });
    expect(again.complaint).toContain("exists");
    expect(readFileSync(secretFile, "utf8")).toContain(secret);
  });

  test("is printed as variables for a shell", async () => {
    const { printed } = await latchkey("keys create -o env");
    expect(printed).toMatch(/^AWS_ACCESS_KEY_ID=\w{20}\nAWS_SECRET_ACCESS_KEY=\w{40}\n/);
    expect(await latchkey("keys show -o env")).toMatchObject({ code: EXIT.usage, printed: "" });
  });
});

describe("the word confirm", () => {
  test.each([
    ["is not typed", "yes\n", EXIT.unconfirmed],
    ["is typed", "confirm\n", EXIT.done],
  ])("%s", async (_case, input, code) => {
    await readJson("keys create");
    expect((await latchkey("keys disable", { person: true, input })).code).toBe(code);
    const { state } = (await readJson<{ cards: { region: { name: string }; state: string }[] }>("regions")).cards.find(
      ({ region }) => region.name === "north",
    ) ?? { state: "none" };
    expect(state === "ACTIVE").toBe(code !== EXIT.done);
  });

  test("cannot be typed where nobody sits", async () => {
    await readJson("keys create");
    expect(await latchkey("keys regenerate")).toMatchObject({ code: EXIT.unconfirmed, printed: "" });
    expect((await latchkey("keys disable")).complaint).toContain("--yes");
  });
});

test.each([
  ["an unknown command", "keys explode", EXIT.usage, "unknown command"],
  ["an unknown option", "keys list --everything", EXIT.usage, "unknown option"],
  ["an unknown format", "keys list -o xml", EXIT.usage, "Allowed choices"],
  ["a region that there is none of", "keys create -r east", EXIT.notAllowed, "It has: north"],
  ["a project of others", "keys list -p nowhere", EXIT.notAllowed, "not there"],
  ["a date that is none", "keys create --expires soon", EXIT.usage, "Use a date such as"],
  ["a date that has passed", "keys create --expires 2001-01-01", EXIT.refused, "expiration date"],
  ["a key that there is none of", "keys show LKEX0000000000000000", EXIT.notAllowed, "not there"],
  ["a name that there is none of", "keys disable --name backup --yes", EXIT.notAllowed, "no key with the name"],
  ["a regeneration of nothing", "keys regenerate --yes", EXIT.refused, "not enabled"],
  ["a look-up by somebody who is no support", "support find LKEX0000000000000000", EXIT.notAllowed, "not there"],
  ["a kept time that there is none of", "keys keep-longer 5m", EXIT.usage, "1h, 1d, 7d"],
  ["a limit that is no number", "keys list --limit many", EXIT.usage, "whole number"],
])("%s ends with its exit code, a sentence, and nothing printed", async (_case, line, code, sentence) => {
  const ended = await latchkey(line);
  expect(ended).toMatchObject({ code, printed: "" });
  expect(ended.complaint).toContain(sentence);
});

test("support finds a key of any project and disables it with a reason", async () => {
  const made = await readJson<Made>("keys create --name backup");
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const as = { env: { LATCHKEY_TOKEN: await makeToken(db, sam) } };
  const found = await latchkey(`support find ${made.accessKeyId}`, as);
  expect(found.printed).toContain(slug);
  expect(found.printed).not.toContain(made.secretKey);
  expect(await latchkey(`support disable ${made.accessKeyId} --yes`, as)).toMatchObject({ code: EXIT.usage });
  expect(await latchkey(`support disable ${made.accessKeyId} --yes --wait --reason leaked`, as)).toMatchObject({
    code: EXIT.done,
  });
  expect(await works(made)).toBe(false);
  expect((await latchkey(`support disable ${made.accessKeyId} --yes --reason leaked`, as)).code).toBe(EXIT.refused);
});

test("support finds keys by a part, people and projects, and switches a key off with a reason", async () => {
  const made = await readJson<Made>("keys create");
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const as = { env: { LATCHKEY_TOKEN: await makeToken(db, sam) } };
  const finds = [
    `support find ${made.accessKeyId.slice(4, 16).toLowerCase()}`,
    `support find --email ${mia.email.split(" ")[1]}`,
    `support find --project ${slug}`,
  ];
  for (const line of finds) {
    const found = await latchkey(line, as);
    expect(found, line).toMatchObject({ code: EXIT.done });
    expect(found.printed, line).toMatch(new RegExp(`${made.accessKeyId} +${slug} +north +default +ACTIVE`));
    expect(JSON.parse((await latchkey(`${line} --output json`, as)).printed)).toMatchObject({
      keys: [{ accessKeyId: made.accessKeyId, project: { project: slug } }],
    });
  }
  expect((await latchkey("support find --email example.test", as)).printed).toContain(sam.email);
  expect((await latchkey("support find --project nosuchproject", as)).printed).toBe("There are none.\n");
  for (const line of ["support find", "support find ab", `support find ${slug} --email x`, "support find --email ab"])
    expect((await latchkey(line, as)).code, line).toBe(EXIT.usage);
  const off = `support deactivate ${made.accessKeyId}`;
  expect((await latchkey(off, as)).code).toBe(EXIT.usage);
  expect((await latchkey(`${off} --reason leaked`)).code).toBe(EXIT.notAllowed);
  expect(await latchkey(`${off} --reason leaked`, as)).toMatchObject({ code: EXIT.done });
  expect(await works(made)).toBe(false);
  expect((await latchkey(`keys history ${made.accessKeyId}`)).printed).toContain("saying “leaked”");
});

test("a key that is named and is not the current one any more is not ended, and neither is the current one", async () => {
  const old = await readJson<Made>("keys create");
  const next = await readJson<Made>("keys regenerate --keep-old 1h --yes");
  for (const line of [`keys disable ${old.accessKeyId} --yes`, `keys deactivate ${old.accessKeyId}`]) {
    const ended = await latchkey(line);
    expect(ended, line).toMatchObject({ code: EXIT.refused });
    expect(ended.complaint).toContain("is not the current key here any more");
  }
  expect([await works(old), await works(next)]).toEqual([true, true]);
  expect((await latchkey(`keys disable ${next.accessKeyId} --name x`)).code).toBe(EXIT.usage);
  expect((await latchkey(`keys disable ${next.accessKeyId} -r south --yes`)).code).toBe(EXIT.usage);
  expect((await latchkey(`keys deactivate ${next.accessKeyId}`)).code).toBe(EXIT.done);
  expect((await latchkey(`keys disable ${next.accessKeyId} --yes`)).code).toBe(EXIT.done);
  expect((await latchkey(`keys disable ${next.accessKeyId} --yes`)).code).toBe(EXIT.refused);
});

test("a question names every key that ends", async () => {
  const old = await readJson<Made>("keys create");
  const next = await readJson<Made>("keys regenerate --keep-old 1h --yes");
  const asked = await latchkey("keys disable", { person: true, input: "no" });
  expect(asked.complaint).toContain(`The key ${next.accessKeyId} (and with it ${old.accessKeyId}) of ${slug}`);
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  const as = { env: { LATCHKEY_TOKEN: await makeToken(db, sam) }, person: true, input: "no" };
  const { complaint } = await latchkey(`support disable ${old.accessKeyId} --reason leaked`, as);
  expect(complaint).toContain(`The key ${old.accessKeyId} (and with it ${next.accessKeyId}) of ${slug}`);
  expect([await works(old), await works(next)]).toEqual([true, true]);
});

test("a portal that is not there, that is another server, and a token that is dead have their exit codes", async () => {
  const other = await serveApp({ fetch: () => new Response("<html>hello</html>", { status: 200 }) });
  expect(await latchkey("projects", { env: { LATCHKEY_URL: other.url } })).toMatchObject({ code: EXIT.unexpected });
  await other.stop();
  const gone = await latchkey("projects", { env: { LATCHKEY_URL: other.url } });
  expect(gone).toMatchObject({ code: EXIT.tryLater, printed: "" });
  expect(gone.complaint).toContain("nothing listens there");
  expect((await latchkey("projects", { env: { LATCHKEY_TOKEN: "lkt_nonsense" } })).code).toBe(EXIT.signedOut);
  const elsewhere = await latchkey("projects", { env: { LATCHKEY_URL: "http://portal.example" } });
  expect(elsewhere).toMatchObject({ code: EXIT.usage });
});

test("a profile file that is a link, that others can read, or that is not ours is refused and left as it is", async () => {
  const { LATCHKEY_TOKEN: _token, ...signedOut } = variables;
  const file = join(folder, "profiles.json");
  const run = () => runLatchkeyHere(["projects"], { env: signedOut });
  expect(await run()).toMatchObject({ code: EXIT.signedOut });
  writeFileSync(file, '{"profiles":{"default":{"url":1}}}', { mode: 0o600 });
  expect((await run()).complaint).toContain("was not written by latchkey");
  chmodSync(file, 0o644);
  expect((await run()).complaint).toContain(`chmod 600 ${file}`);
  rmSync(file);
  const target = join(folder, "target.json");
  writeFileSync(target, "{}", { mode: 0o600 });
  symlinkSync(target, file);
  const login = await runLatchkeyHere(["login", portal.url, "--stdin"], {
    env: signedOut,
    input: variables.LATCHKEY_TOKEN,
  });
  expect(login).toMatchObject({ code: EXIT.usage });
  expect(login.complaint).toContain("is a link");
  expect(readFileSync(target, "utf8")).toBe("{}");
});
