import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIdentityApi } from "@/lib/api/openstack/app";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { byCredential, byPassword, IdentityCaller } from "@/testing/factories/identity-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const SEED = 20_261_128;
const SECRET = `hidden-${randomUUID()}`;
const stranger = new IdentityCaller(createIdentityApi().request);
let storage: Storage;
let mia: Actor;
let caller: IdentityCaller;
let keys: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  mia = await makeUser(db, "Mia");
  const { slug } = await makeProject(db, [[mia, "member+"]]);
  caller = await stranger.signIn(byCredential(await makeToken(db, mia, { project: slug })));
  keys = `/v3/users/${mia.userId}/credentials/OS-EC2`;
});
afterAll(() => storage.stop());

const password = byPassword("mia@example.test", SECRET).auth;
const credential = byCredential(SECRET).auth;
const withIdentity = (identity: object) => ({ auth: { identity } });
const withUser = (user: object) => withIdentity({ methods: ["password"], password: { user } });

const BAD: [string, unknown, RegExp][] = [
  ["no JSON", "{", /^The body is not JSON/],
  ["nothing", "", /^The body is not JSON/],
  ["null", null, /^Invalid input/],
  ["a list", [], /^Invalid input/],
  ["no fields", {}, /^auth: /],
  ["an unknown field", { auth: password, extra: SECRET }, /Unrecognized key: "extra"/],
  ["an unknown field of auth", { auth: { ...password, extra: SECRET } }, /^auth: Unrecognized key: "extra"/],
  ["no method", withIdentity({ ...password.identity, methods: [] }), /Give one method/],
  ["two methods", withIdentity({ ...password.identity, methods: ["password", "password"] }), /Give one method/],
  ["an unknown method", withIdentity({ methods: ["totp"], totp: {} }), /The methods here are password and appl/],
  ["a token as the method", withIdentity({ methods: ["token"], token: { id: SECRET } }), /The methods here are/],
  ["no part for its method", withIdentity({ methods: ["password"] }), /The part with the name of the method/],
  ["a user by id", withUser({ id: "1", password: SECRET }), /auth.identity.password.user.name: Give the user by name/],
  ["a name that is a number", withUser({ name: 1, password: SECRET }), /Give the user by name: the e-mail address/],
  ["a name with NUL", withUser({ name: "a\u0000", password: SECRET }), /Use no control characters/],
  ["half of a character", withUser({ name: "\ud800", password: SECRET }), /Use no control characters/],
  ["a long name", withUser({ name: "x".repeat(300), password: SECRET }), /user.name: /],
  ["an empty password", withUser({ name: "a", password: "" }), /user.password: /],
  ["a long password", withUser({ name: "a", password: SECRET.repeat(50) }), /user.password: /],
  [
    "a domain as the scope",
    { auth: { ...password, scope: { domain: { id: "default" } } } },
    /Unrecognized key: "domain"/,
  ],
  [
    "the system as the scope",
    { auth: { ...password, scope: { system: { all: true } } } },
    /Unrecognized key: "system"/,
  ],
  [
    "a trust as the scope",
    { auth: { ...password, scope: { "OS-TRUST:trust": {} } } },
    /Unrecognized key: "OS-TRUST:trust"/,
  ],
  [
    "a scope by id and name",
    { auth: { ...credential, scope: { project: { id: "1", name: "a" } } } },
    /by id or by name/,
  ],
  ["a scope by nothing", { auth: { ...credential, scope: { project: {} } } }, /by id or by name/],
  ["a scope that is a text", { auth: { ...credential, scope: "all" } }, /^auth.scope: /],
  ["nested lists", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, /^Invalid input/],
  ["nested objects", `{"auth":${'{"a":'.repeat(10_000)}1${"}".repeat(10_001)}`, /Unrecognized key: "a"/],
  ["a prototype", '{"auth":{"__proto__":{"identity":1}}}', /^auth.identity: /],
];

test.each(BAD)("%s is 400 with a sentence that quotes no value", async (_name, body, sentence) => {
  await db.rateLimit.deleteMany();
  const reply = await stranger.send("POST", "/v3/auth/tokens", typeof body === "string" ? body : JSON.stringify(body));
  const text = await reply.text();
  expect(reply.status, text).toBe(400);
  expect(text).not.toContain(SECRET);
  const message = expect.stringMatching(sentence) as string;
  expect(JSON.parse(text)).toEqual({ error: { code: 400, title: "Bad Request", message } });
  expect(text).toContain("Nothing was changed.");
});

test.each([
  ["no project", {}],
  ["a project that is a number", { tenant_id: 1 }],
  ["an unknown field", { tenant_id: null, blob: "x" }],
  ["no object", [1]],
])("a key for %s is 400", async (_name, body) => {
  await db.rateLimit.deleteMany();
  const reply = await caller.send("POST", `/regions/north${keys}`, body);
  expect([reply.status, await reply.json()]).toMatchObject([400, { error: { code: 400, title: "Bad Request" } }]);
});

test("a body of another type, without a length or too long is refused", async () => {
  await db.rateLimit.deleteMany();
  const send = async (headers: Record<string, string>, body: string | object = byCredential("x")) => {
    const reply = await stranger.send("POST", "/v3/auth/tokens", body, headers);
    return [reply.status, ((await reply.json()) as { error: { code: number } }).error.code];
  };
  expect(await send({ "content-type": "text/plain" })).toEqual([415, 415]);
  expect(await send({ "transfer-encoding": "chunked" })).toEqual([400, 400]);
  expect(await send({}, "x".repeat(64 * 1024 + 1))).toEqual([413, 413]);
  expect(await send({ "content-type": "application/json; charset=utf-8" })).toEqual([401, 401]);
});

test("the version documents need no token and tell where the endpoint is", async () => {
  const read = async (path: string) => {
    const reply = await stranger.send("GET", path);
    return [reply.status, JSON.stringify(await reply.json())] as const;
  };
  const [status, versions] = await read("");
  expect([status, versions]).toEqual([300, expect.stringMatching(/"values":\[\{"id":"v3\.\d+".*\/identity\/v3\/"/)]);
  for (const path of ["/v3", "/v3/", "/regions/north/v3"])
    expect(await read(path)).toEqual([200, expect.stringContaining('"version":{"id":"v3.')]);
});

const TEXTS = ["", "\u0000", "\u202e", "\ud800", "__proto__", "constructor", "-", "north", "9".repeat(400)];
const hostile = fc.oneof(fc.constantFrom<unknown>(...TEXTS, 0, -1, 1e308, null, true), fc.jsonValue({ maxDepth: 3 }));
/** The body of a client, with one value or field replaced by something else. */
const nearly = (body: unknown): fc.Arbitrary<unknown> =>
  typeof body === "object" && body !== null && !Array.isArray(body)
    ? fc.oneof(
        hostile,
        fc
          .dictionary(fc.constantFrom("extra", "toString", "id", "name"), hostile, { maxKeys: 1 })
          .map((more) => ({ ...body, ...more })),
        ...Object.entries(body).map(([name, value]) => nearly(value).map((other) => ({ ...body, [name]: other }))),
      )
    : hostile;

test("whatever comes, the answer is in the form of Keystone and is no error of the portal's own", async () => {
  const bodies = fc.oneof(
    nearly(byPassword(mia.email, "wrong", "demo")),
    nearly(byCredential("lkt_x", { project: { id: "1" } })),
    nearly({ tenant_id: "x" }),
  );
  const inPath = fc
    .oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "binary", maxLength: 20 }))
    .map((text) => encodeURIComponent(Buffer.from(text).toString()));
  const paths = fc.oneof(
    fc.constantFrom("/v3/auth/tokens", keys, `/regions/north${keys}`),
    inPath.map((text) => `/regions/${text}${keys}`),
    inPath.map((text) => `/regions/north${keys}/${text}`),
    inPath.map((text) => `/v3/${text}?name=${text}`),
    inPath.map((text) => `/v3/users/${text}?name=${text}`),
    inPath.map((text) => `/v3/projects?name=${text}`),
  );
  const methods = fc.constantFrom("GET", "POST", "DELETE");
  await fc.assert(
    fc.asyncProperty(methods, paths, bodies, inPath, async (method, path, body, header) => {
      // Otherwise most answers would be 429.
      await db.rateLimit.deleteMany();
      const content = method === "POST" ? body : undefined;
      const reply = await caller.send(method, path, content, { "x-subject-token": header });
      const text = await reply.text();
      expect(reply.status, text).toBeLessThan(500);
      expect(text).not.toMatch(/\n\s+at |\bat .*\.ts:/);
      const { error } = reply.status < 400 ? { error: undefined } : (JSON.parse(text) as { error: object });
      expect(Object.keys(error ?? { code: 0, title: "", message: "" })).toEqual(["code", "title", "message"]);
    }),
    { seed: SEED, numRuns: 200 },
  );
});
