import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi, describeApi } from "@/lib/api/app";
import { type Operation, nameOfReference, type Schema } from "@/lib/api/document";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { makeToken } from "@/testing/factories/api-caller";
import { makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const SEED = 20_261_128;
/** For each operation, on every machine the same ones: a time limit would leave a slow machine without any. */
const RUNS = 24;
/** The token works until the last operation was tried. */
const HOUR_MS = 3_600_000;

const api = createApi();
const { paths, components } = describeApi(api);
const OPERATIONS = Object.entries(paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([verb, operation]) => [verb.toUpperCase(), path, operation] as const),
);

let storage: Storage;
let authorization: string;
let known: Record<string, string>;
/** What platform admins change: a project of its own, since it may be switched off. */
let administered: { authorization: string; known: Record<string, string> };

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  const user = await makeUser(db, "Mia", { platformRole: "support" });
  const { slug } = await makeProject(db, [[user, "member+"]]);
  const { change } = await makeKey(await authorizeProject(user, slug, "keys:issue"), "north");
  authorization = `Bearer ${await makeToken(db, user, {}, HOUR_MS)}`;
  const admin = await makeUser(db, "Ada", { platformRole: "platform-admin" });
  administered = {
    authorization: `Bearer ${await makeToken(db, admin, {}, HOUR_MS)}`,
    known: { project: (await makeProject(db, [])).slug, region: "north" },
  };
  known = { project: slug, region: "north", accessKeyId: change.accessKeyId, client: "mc" };
});
afterAll(() => storage.stop());

const TEXTS = [
  "",
  "\u0000",
  "\u202e",
  "\ud800",
  "\u{1f4a9}",
  "__proto__",
  "constructor",
  "9".repeat(400),
  "x".repeat(5_000),
];
const NUMBERS = [0, -1, 3_600, 1e308, 2 ** 53, -(2 ** 63), 0.1];
const hostileText = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "binary", maxLength: 40 }));
const hostile = fc.oneof(hostileText, fc.constantFrom(...NUMBERS), fc.jsonValue({ maxDepth: 3 }));

/** Values that fit a schema of the document, or nearly. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref) return valuesOf(components.schemas[nameOfReference(schema.$ref)] ?? {});
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(valuesOf));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.properties) return objectsOf(schema);
  if (schema.items) return fc.array(valuesOf(schema.items), { maxLength: 3 });
  return valuesOfType(
    [schema.type].flat().find((type) => type !== "null"),
    schema.format,
  );
}

function valuesOfType(type: string | undefined, format: string | undefined): fc.Arbitrary<unknown> {
  if (format === "uuid") return fc.uuid();
  if (format === "date") return fc.constantFrom("2063-04-05", "0000-01-01", "9999-12-31", "2026-02-30");
  if (format === "date-time") return fc.constantFrom("2063-04-05T01:02:03Z", "0001-01-01T00:00:00-14:00", "2063-04-05");
  if (type === "boolean") return fc.boolean();
  if (type === "number" || type === "integer") return fc.constantFrom(...NUMBERS);
  if (type === "string") return fc.oneof(fc.constantFrom("laptop", "default"), hostileText);
  return hostile;
}

/** Objects with fields that are missing, wrong or unknown now and then. */
function objectsOf({ properties = {} }: Schema): fc.Arbitrary<object> {
  const fields = Object.entries(properties).map(([name, field]) => {
    const value = fc.oneof({ arbitrary: valuesOf(field), weight: 12 }, { arbitrary: hostile, weight: 1 });
    return [name, value] as const;
  });
  const exact = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
  const unknown = fc.dictionary(fc.constantFrom("extra", "toString", "\u0000"), hostile, { maxKeys: 1 });
  return fc.oneof({ arbitrary: exact, weight: 4 }, { arbitrary: fc.tuple(exact, unknown).map(mergeBoth), weight: 1 });
}
const mergeBoth = ([one, other]: [object, object]): object => ({ ...one, ...other });

/** A text as it may stand in an address. Halves of a pair of surrogates become the replacement character. */
const inAddress = (value: unknown): string => encodeURIComponent(Buffer.from(String(value)).toString());

function requestsOf({ parameters = [], requestBody }: Operation, known: Record<string, string>) {
  const of = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const mostly = (name: string) =>
    fc.oneof({ arbitrary: fc.constant(known[name]), weight: 9 }, { arbitrary: hostileText, weight: 1 });
  const body = requestBody?.content["application/json"]?.schema;
  const bodies = fc.oneof(
    { arbitrary: valuesOf(body ?? {}).map((value) => JSON.stringify(value)), weight: 9 },
    {
      arbitrary: fc.oneof(
        hostileText,
        hostile.map((value) => JSON.stringify(value)),
      ),
      weight: 1,
    },
  );
  return fc.record({
    path: fc.record(Object.fromEntries(of("path").map(({ name }) => [name, mostly(name)]))),
    query: objectsOf({ properties: Object.fromEntries(of("query").map(({ name, schema }) => [name, schema])) }),
    key: fc.option(fc.oneof(fc.uuid(), fc.constantFrom("x", '"'))),
    body: bodies,
  });
}

test.each(OPERATIONS)("%s %s answers whatever comes without an error of its own", async (method, path, operation) => {
  const caller = path.includes("/admin/") ? administered : { authorization, known };
  await fc.assert(
    fc.asyncProperty(requestsOf(operation, caller.known), async (asked) => {
      // Otherwise most answers would be 429.
      await db.$executeRaw`DELETE FROM rate_limits`;
      // One operation revokes the token of the call.
      await db.apiToken.updateMany({ data: { revokedAt: null } });
      const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => inAddress(asked.path[name]));
      const query = Object.entries(asked.query).map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`);
      const headers = {
        authorization: caller.authorization,
        "content-type": "application/json",
        ...(asked.key === null ? {} : { "idempotency-key": asked.key }),
      };
      const body = method === "GET" ? {} : { body: asked.body };
      const reply = await api.request(`${filled}?${query.join("&")}`, { method, headers, ...body });
      const text = await reply.text();
      expect(reply.status, text).toBeLessThan(500);
      expect(text).not.toMatch(/\n\s+at |\bat .*\.ts:/);
      const types = Object.keys(operation.responses[reply.status]?.content ?? { "application/problem+json": {} });
      expect(types).toContain(reply.headers.get("content-type")?.split(";", 1)[0]);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test("the operations of the document were tried, and a good request was among the answers", async () => {
  expect(OPERATIONS.length).toBeGreaterThan(20);
  const at = `/api/v1/projects/${known.project}/regions/south/enable`;
  await db.$executeRaw`DELETE FROM rate_limits`;
  const headers = { authorization, "content-type": "application/json", "idempotency-key": randomUUID() };
  expect((await api.request(at, { method: "POST", headers, body: '{"dryRun":true}' })).status).toBe(200);
});
