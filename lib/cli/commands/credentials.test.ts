import { randomUUID } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expireKey } from "@/lib/access-keys/lifecycle/expire";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { createApi } from "@/lib/api/app";
import { type Actor, authorizeProject } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { changeKeptKey, listCaches, readCacheFile } from "@/testing/factories/key-cache";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const TOKEN_MS = 10 * 60_000;
const api = createApi();
let storage: Storage;
let portal: { url: string; stop: () => Promise<void> };
/** What the portal answers to some requests instead of its answer; undefined: nothing. */
let intercept: ((request: Request) => Promise<Response> | undefined) | undefined;
let requests: string[];
let mia: Actor;
let project: string;
let token: string;
let runtime: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  portal = await serveApp({
    fetch: async (request) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      return (await intercept?.(request)) ?? api.fetch(request);
    },
  });
});
afterAll(async () => {
  await portal.stop();
  await storage.stop();
});
beforeEach(async () => {
  intercept = undefined;
  requests = [];
  mia = await makeUser(db, "Mia");
  project = (await makeProject(db, [[mia, "member+"]])).slug;
  token = await makeToken(db, mia, {}, TOKEN_MS);
  runtime = await mkdtemp(join(tmpdir(), "latchkey-runtime-"));
});
afterEach(() => rm(runtime, { recursive: true, force: true }));

const environment = () => ({ XDG_RUNTIME_DIR: runtime, LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: token });
const run = (more: string[] = [], env: Record<string, string> = {}) =>
  runLatchkeyHere(["credentials", "--project", project, "--region", "north", ...more], {
    env: { ...environment(), ...env },
  });

interface Credentials {
  Version: number;
  AccessKeyId: string;
  SecretAccessKey: string;
  Expiration: string;
}

/** What an SDK gets. */
async function get(more: string[] = []): Promise<Credentials> {
  const { code, printed, complaint } = await run(more);
  expect(code, complaint).toBe(0);
  expect(complaint).toBe("");
  return JSON.parse(printed) as Credentials;
}

const problem = (status: number, code: string, detail: string) =>
  Response.json({ type: "about:blank", title: code, status, code, detail }, { status });

const ask = (given: Pick<Credentials, "AccessKeyId" | "SecretAccessKey">) => {
  const north = storage.regions.find(({ name }) => name === "north");
  if (!north) throw new Error("there is no region north");
  const context = { signal: AbortSignal.timeout(10_000), requestId: randomUUID() };
  return probeS3(north, north.signingRegion, given.AccessKeyId, new Secret(given.SecretAccessKey), context);
};
const rowOf = ({ AccessKeyId }: Credentials) =>
  db.accessKey.findUniqueOrThrow({ where: { accessKeyId: AccessKeyId }, include: { receipts: true } });
const countKeys = () => db.accessKey.count({ where: { project: { slug: project } } });
const onlyCache = async (): Promise<string> => {
  const [path, ...more] = await listCaches(runtime);
  if (!path || more.length > 0) throw new Error(`not one file: ${await listCaches(runtime)}`);
  return path;
};
const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
/** As if the time had passed until the key lasts for so long, for the portal and for the file. */
const letLast = async (minutes: number) => {
  const path = await onlyCache();
  const { key } = await readCacheFile(path);
  const expirationDate = minutesFromNow(minutes);
  const where = { accessKeyId: key?.accessKeyId ?? "" };
  await db.accessKey.update({ where, data: { expiresAt: new Date(expirationDate) } });
  await changeKeptKey(path, { expirationDate });
};
const letCheckAge = async () => changeKeptKey(await onlyCache(), { checkedAt: minutesFromNow(-6) });

describe("a key for some hours", () => {
  test("is made, kept in a private file, and handed out again without a request", async () => {
    const before = Date.now();
    const first = await get();
    expect(Object.keys(first)).toEqual(["Version", "AccessKeyId", "SecretAccessKey", "Expiration"]);
    expect(first.Version).toBe(1);
    expect(await ask(first)).toBe("accepted");
    const row = await rowOf(first);
    expect(row).toMatchObject({ state: "ACTIVE", removeAtExpiration: true, expiresAt: new Date(first.Expiration) });
    expect(row.slot).toMatch(/^\S+ at \S+ [0-9a-f]{8}$/);
    const hours = (Date.parse(first.Expiration) - before) / 3_600_000;
    expect(Math.round(hours)).toBe(8);
    const path = await onlyCache();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(runtime, "latchkey"))).mode & 0o777).toBe(0o700);
    expect(path).not.toContain(token);
    expect(await readFile(path, "utf8")).not.toContain(token);

    requests = [];
    expect(await get()).toEqual(first);
    expect(requests).toEqual([]);
    expect(await listCaches(runtime)).toHaveLength(1);
  });

  test("is another one for other hours, another access and another token", async () => {
    const full = await get();
    const short = await get(["--hours", "1"]);
    expect(Math.round((Date.parse(short.Expiration) - Date.now()) / 60_000)).toBe(60);
    const reading = await get(["--access", "read-only"]);
    expect(await rowOf(reading)).toMatchObject({ access: "READ_ONLY" });
    token = await makeToken(db, mia, {}, TOKEN_MS);
    const other = await get();
    expect(new Set([full, short, reading, other].map(({ AccessKeyId }) => AccessKeyId)).size).toBe(4);
  });

  test("comes as variables for a shell", async () => {
    const first = await get();
    const { printed } = await run(["--output", "env"]);
    expect(printed).toContain(`AWS_ACCESS_KEY_ID=${first.AccessKeyId}\n`);
    expect(printed).toContain("AWS_ENDPOINT_URL_S3=http://");
  });

  test("is not shown on a screen that nobody asked to show it on", async () => {
    const args = ["credentials", "--project", project, "--region", "north"];
    const refused = await runLatchkeyHere(args, { env: environment(), person: true });
    expect(refused).toMatchObject({ code: 2, printed: "" });
    expect(await countKeys()).toBe(0);
    const shown = await runLatchkeyHere([...args, "--show-secret"], { env: environment(), person: true });
    expect(shown.printed).toContain("SecretAccessKey");
  });
});

describe("a renewal", () => {
  test("gives another key, and both work until the old one is removed at its end with a receipt", async () => {
    const first = await get();
    await letLast(19);
    const second = await get();
    expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
    expect(await get()).toEqual(second);
    expect([await ask(first), await ask(second)]).toEqual(["accepted", "accepted"]);

    const { id } = await rowOf(first);
    await db.accessKey.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    await expireKey(id);
    await revokeKey(id);
    expect(await rowOf(first)).toMatchObject({
      state: "REVOKED",
      endedById: null,
      endReason: "expired",
      receipts: [{ firstRefusedAt: expect.any(Date) }],
    });
    expect([await ask(first), await ask(second)]).toEqual(["refused-unknown", "accepted"]);
  });

  test("comes too after the machine slept past the end", async () => {
    const first = await get();
    const { id } = await rowOf(first);
    const passed = new Date(Date.now() - 1_000);
    await db.accessKey.update({ where: { id }, data: { expiresAt: passed } });
    await expireKey(id);
    await changeKeptKey(await onlyCache(), { expirationDate: passed.toISOString() });
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test.each([
    ["the portal is down", async () => new Response("", { status: 503 })],
    ["the portal cannot make one", async () => problem(409, "CONFLICT", "There are too many named keys.")],
  ])("that fails because %s leaves the old key, with a warning, while it works", async (_why, answer) => {
    const first = await get();
    await letLast(2);
    const kept = await readCacheFile(await onlyCache());
    intercept = (request) => (request.method === "POST" ? answer() : undefined);
    const { code, printed, complaint } = await run();
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ AccessKeyId: first.AccessKeyId, Expiration: kept.key?.expirationDate });
    expect(complaint).toContain(`The key ${first.AccessKeyId} is used, which works until`);
    expect(complaint).not.toContain(first.SecretAccessKey);
    await letLast(0.5);
    expect(await run()).toMatchObject({ printed: "", code: expect.toSatisfy((code) => code !== 0) });
    intercept = undefined;
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test("whose answer was lost leaves no key behind that nobody knows", async () => {
    const first = await get();
    await letLast(19);
    const lose = async (request: Request) => {
      await api.fetch(request);
      return new Response("", { status: 503 });
    };
    intercept = (request) => (request.url.endsWith("/enable") ? lose(request) : undefined);
    expect((await run()).complaint).toContain(`The key ${first.AccessKeyId} is used`);
    intercept = undefined;
    const second = await get();
    const states = await db.accessKey.findMany({
      where: { project: { slug: project } },
      orderBy: { createdAt: "asc" },
      select: { accessKeyId: true, state: true },
    });
    expect(states).toHaveLength(3);
    expect(states[0]).toEqual({ accessKeyId: first.AccessKeyId, state: "ACTIVE" });
    expect(states[1]?.state).toMatch(/^REVOK(ING|ED)$/);
    expect(states[2]).toEqual({ accessKeyId: second.AccessKeyId, state: "ACTIVE" });
  });
});

describe("a key that somebody ended at the portal", () => {
  const disable = async ({ AccessKeyId }: Credentials) => {
    const max = await makeUser(db, "Max", { platformRole: "support" });
    const scope = await authorizeProject(max, project, "keys:disable");
    const { slot } = await db.accessKey.findUniqueOrThrow({ where: { accessKeyId: AccessKeyId } });
    await disableAccess({ scope, region: "north", slot, requestId: randomUUID(), reason: "found in a log" });
  };

  test("is not handed out any more, and no new one is made until a person says so", async () => {
    const first = await get();
    await disable(first);
    // Nobody asks the portal each time.
    expect(await get()).toEqual(first);
    await letCheckAge();
    const refused = await run();
    expect(refused).toMatchObject({ code: 4, printed: "" });
    expect(refused.complaint).toContain(
      `The key ${first.AccessKeyId} was ended by Max (found in a log) at the portal.`,
    );
    await letLast(-1);
    expect(await run()).toMatchObject({ code: 4, printed: "" });
    expect(await countKeys()).toBe(1);
    expect(await run(["--forget"])).toMatchObject({ code: 0 });
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test("may also be switched off, or have an earlier date", async () => {
    const first = await get();
    const at = `${portal.url}/api/v1/projects/${project}/regions/north`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const patch = async (content: object) => {
      const body = JSON.stringify({ requestId: randomUUID(), name: (await rowOf(first)).slot, ...content });
      expect((await fetch(at, { method: "PATCH", headers, body })).status).toBe(200);
    };
    await patch({ state: "INACTIVE" });
    await letCheckAge();
    expect((await run()).complaint).toContain("is switched off at the portal");
    await patch({ state: "ACTIVE" });
    expect(await get()).toEqual(first);
    const date = minutesFromNow(60);
    await patch({ expirationDate: date });
    await letCheckAge();
    expect(await get()).toEqual({ ...first, Expiration: date });
    await patch({ expirationDate: minutesFromNow(10) });
    await letCheckAge();
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test("is asked about once in a while, also when the portal is down", async () => {
    const first = await get();
    await letCheckAge();
    requests = [];
    expect(await get()).toEqual(first);
    expect(await get()).toEqual(first);
    expect(requests).toEqual([`GET /api/v1/projects/${project}/keys/${first.AccessKeyId}`]);
    await letCheckAge();
    intercept = async () => new Response("", { status: 503 });
    const warned = await run();
    expect(warned).toMatchObject({ code: 0, complaint: expect.stringContaining("answered 503") });
    expect(JSON.parse(warned.printed)).toEqual(first);
    // The portal is asked again when it would be asked anyway.
    expect(await get()).toEqual(first);
  });

  test("is refused by the portal when the token is", async () => {
    await get();
    await letCheckAge();
    await db.apiToken.updateMany({ where: { userId: mia.userId }, data: { revokedAt: new Date() } });
    expect(await run()).toMatchObject({ code: 3, printed: "" });
  });
});

describe("to forget", () => {
  test("ends the keys of the token with a receipt, the one before too, and removes their file", async () => {
    const first = await get();
    await letLast(19);
    const second = await get();
    const forgotten = await run(["--forget"]);
    expect(forgotten.complaint).toContain(`The end of ${first.AccessKeyId} and ${second.AccessKeyId} is decided.`);
    expect(await listCaches(runtime)).toEqual([]);
    for (const key of [first, second]) {
      await revokeKey((await rowOf(key)).id);
      expect(await rowOf(key)).toMatchObject({
        state: "REVOKED",
        endedById: mia.userId,
        receipts: [{ firstRefusedAt: expect.any(Date) }],
      });
    }
    expect((await run(["--forget"])).complaint).toContain("No key of this command works here.");
  });

  test("leaves the keys of other regions and of other tokens", async () => {
    const first = await get();
    const { printed } = await run(["--region", "south"]);
    const south = JSON.parse(printed) as Credentials;
    const mine = token;
    token = await makeToken(db, mia, {}, TOKEN_MS);
    const other = await get();
    token = mine;
    await run(["--forget"]);
    const states = await Promise.all([first, south, other].map(async (key) => (await rowOf(key)).state));
    expect(states.map((state) => state === "ACTIVE")).toEqual([false, true, true]);
  });

  test("keeps the file when the portal does not end the key", async () => {
    const first = await get();
    intercept = async () => new Response("", { status: 503 });
    expect((await run(["--forget"])).code).toBe(6);
    intercept = undefined;
    expect(await get()).toEqual(first);
  });

  test("is done by logout too", async () => {
    const config = join(runtime, "profiles.json");
    await writeFile(config, JSON.stringify({ profiles: { default: { url: portal.url, token, project } } }), {
      mode: 0o600,
    });
    const env = { XDG_RUNTIME_DIR: runtime, LATCHKEY_CONFIG: config };
    const made = await runLatchkeyHere(["credentials", "--region", "north"], { env });
    const key = JSON.parse(made.printed) as Credentials;
    const left = await runLatchkeyHere(["logout"], { env });
    expect(left.complaint).toContain(`The end of ${key.AccessKeyId} is decided.
The token is revoked.`);
    expect((await rowOf(key)).state).toMatch(/^REVOK(ING|ED)$/);
    expect(await listCaches(runtime)).toEqual([]);
  });
});

describe("is refused with a sentence, and nothing is made", () => {
  afterEach(async () => expect(await countKeys()).toBe(0));

  test.each([
    [["--hours", "0"], 2, "whole number from 1 to 24"],
    [["--hours", "25"], 2, "whole number from 1 to 24"],
    [["--hours", "1.5"], 2, "whole number from 1 to 24"],
    [["--region", "nowhere"], 4, "There is no region nowhere."],
    [["--project", "p-unknown"], 4, "not there"],
  ])("%j", async (more, code, sentence) => {
    const refused = await run(more);
    expect(refused).toMatchObject({ code, printed: "" });
    expect(refused.complaint).toContain(sentence);
  });

  test("a place that is not named", async () => {
    const refused = await runLatchkeyHere(["credentials", "--region", "north"], { env: environment() });
    expect(refused).toMatchObject({ code: 2, complaint: expect.stringContaining("Name the project and the region") });
  });

  test("a token that may only read", async () => {
    token = await makeToken(db, mia, { scope: "read" }, TOKEN_MS);
    expect(await run()).toMatchObject({ code: 4, printed: "", complaint: expect.stringContaining("read") });
  });

  test("a token that does not work", async () => {
    token = "lkt_nothing";
    expect(await run()).toMatchObject({ code: 3, printed: "" });
  });

  test("a folder that others can read, a link, and a folder that is missing", async () => {
    const folder = join(runtime, "latchkey");
    await mkdir(folder, { mode: 0o755 });
    await chmod(folder, 0o755);
    expect((await run()).complaint).toContain("can be read by others");
    await rm(folder, { recursive: true });
    await symlink(tmpdir(), folder);
    expect((await run()).complaint).toContain("is a link");
    expect((await run([], { XDG_RUNTIME_DIR: join(runtime, "no/where") })).complaint).toContain("cannot be made");
  });

  test.runIf(process.getuid?.() === 0)("a folder of another person", async () => {
    const folder = join(runtime, "latchkey-0");
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, 65_534, 65_534);
    const refused = await run([], { XDG_RUNTIME_DIR: "", TMPDIR: runtime });
    expect(refused).toMatchObject({ code: 2, complaint: expect.stringContaining("belongs to another person") });
  });
});

describe("a file that this program did not write", () => {
  test.each(["", "nonsense", "{}", '{"owner":"x","project":"p","region":"r","older":[],"key":{}}', "null"])(
    "is replaced when it holds %j",
    async (text) => {
      const first = await get();
      await writeFile(await onlyCache(), text);
      const second = await get();
      expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
      expect(await get()).toEqual(second);
    },
  );

  test("is refused when others can read it, and when it is a link", async () => {
    await get();
    const path = await onlyCache();
    await chmod(path, 0o644);
    expect(await run()).toMatchObject({ code: 2, printed: "", complaint: expect.stringContaining("read by others") });
    await rm(path);
    await symlink("/etc/passwd", path);
    expect(await run()).toMatchObject({ code: 2, printed: "", complaint: expect.stringContaining("is a link") });
    expect(await countKeys()).toBe(1);
  });
});

test("without XDG_RUNTIME_DIR the key is kept below the folder for temporary files", async () => {
  const { code } = await run([], { XDG_RUNTIME_DIR: "", TMPDIR: runtime });
  expect(code).toBe(0);
  const folder = join(runtime, `latchkey-${process.getuid?.()}`);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
