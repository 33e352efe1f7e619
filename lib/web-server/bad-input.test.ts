import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { judgeByRoute } from "@/lib/web-server/admit-request";
import { close, createWebServer, listen } from "@/lib/web-server/server";

const ORIGIN = "https://portal.example";
const ACTION = "a".repeat(42);
const STATE = encodeURIComponent(
  JSON.stringify(["", { children: ["projects", { children: [["slug", "demo", "d", null], {}] }] }, null, null, 1]),
);
const CALL = { origin: ORIGIN, "next-action": ACTION, "content-type": "text/plain;charset=UTF-8" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const SIGN_IN = "/api/auth/callback/credentials";
const BROKEN = "latchkey.callback-url=http%3A%2F%2F%5B";
const PAGE = "/projects/demo/object-storage";

let server: Server;

beforeAll(async () => {
  const judge = judgeByRoute({ publicUrl: new URL(ORIGIN), actions: new Set([ACTION]) });
  const settings = { publicUrl: ORIGIN, trustedProxies: "", judge };
  server = createWebServer(settings, (_request, response) => void response.end("in"));
  await listen(server, "127.0.0.1", 0);
});
afterAll(() => close(server));

function ask(method: string, path: string, headers: Record<string, string>, body = ""): Promise<[number, string]> {
  const { port } = server.address() as AddressInfo;
  // Node's client sends the body of some methods without its length, which is no HTTP.
  const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const options = { host: "127.0.0.1", port, method, path, headers: { ...length, ...headers }, agent: false };
  return new Promise((resolve, reject) => {
    const call = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    call.on("error", reject).end(body);
  });
}

const UNDERSTOOD: [string, string, string, Record<string, string>, string][] = [
  ["an action", "POST", PAGE, { ...CALL, "next-router-state-tree": STATE }, '[{"p":"demo","reason":"$undefined"}]'],
  ["a text that begins with a dollar sign", "POST", PAGE, CALL, '["$$5"]'],
  ["a navigation", "GET", PAGE, { rsc: "1", "next-router-state-tree": STATE }, ""],
  ["signing in", "POST", SIGN_IN, FORM, "email=a&password=b&callbackUrl=https%3A%2F%2Fportal.example%2Flogin"],
  ["the API", "POST", "/api/v1/projects/demo/regions/north/enable", { "content-type": "application/json" }, "{"],
  ["OpenStack's client", "POST", "/identity/v3/auth/tokens", { "content-type": "application/json" }, "{"],
  ["DELETE of OpenStack's client", "DELETE", "/identity/regions/north/v3/users/x/credentials/OS-EC2/LK", {}, ""],
  ["PATCH of the API", "PATCH", "/api/v1/projects/demo/regions/north", { "content-type": "application/json" }, "{}"],
];

test.each(UNDERSTOOD)("%s comes through", async (_name, method, path, headers, body) => {
  expect(await ask(method, path, headers, body)).toEqual([200, "in"]);
});

const REFUSED: [string, number, string, string, Record<string, string>, string][] = [
  ["TRACE", 405, "TRACE", "/", {}, ""],
  ["a page with PUT", 405, "PUT", PAGE, {}, "x"],
  ["a form to a page", 405, "POST", PAGE, { "content-type": "multipart/form-data; boundary=x" }, "--x"],
  ["an action with a multipart body", 400, "POST", PAGE, { ...CALL, "content-type": "multipart/form-data" }, "--x"],
  ["an action of another origin", 403, "POST", PAGE, { ...CALL, origin: "https://evil.example" }, "[]"],
  ["an action without an origin", 403, "POST", PAGE, { "next-action": ACTION, "content-type": "text/plain" }, "[]"],
  ["an action without a name", 400, "POST", PAGE, { ...CALL, "next-action": "x" }, "[]"],
  ["an action of another build", 404, "POST", PAGE, { ...CALL, "next-action": "b".repeat(42) }, "[]"],
  ["an action without a body", 400, "POST", PAGE, CALL, ""],
  ["arguments that are not JSON", 400, "POST", PAGE, CALL, "[{"],
  ["arguments that are no list", 400, "POST", PAGE, CALL, '{"a":1}'],
  ["a reference of React", 400, "POST", PAGE, CALL, '["$F1"]'],
  ["arguments nested too deep", 400, "POST", PAGE, CALL, "[".repeat(30_000) + "]".repeat(30_000)],
  ["a router state that is not JSON", 400, "GET", PAGE, { rsc: "1", "next-router-state-tree": "%7Bx" }, ""],
  ["a router state of another shape", 400, "GET", PAGE, { rsc: "1", "next-router-state-tree": "[1]" }, ""],
  ["JSON to sign in", 400, "POST", SIGN_IN, { "content-type": "application/json" }, "{"],
  ["a multipart body to sign in", 400, "POST", SIGN_IN, { "content-type": "multipart/form-data" }, "x"],
  ["a foreign callbackUrl", 400, "POST", SIGN_IN, FORM, "callbackUrl=https%3A%2F%2Fevil.example"],
  ["a broken callbackUrl in a cookie", 400, "GET", "/api/auth/csrf", { cookie: BROKEN }, ""],
  ["an unknown route of next-auth", 404, "POST", "/api/auth/_log", FORM, "level=error"],
  ["a poll with POST", 405, "POST", "/api/projects/demo/cards", {}, "x"],
];

test.each(REFUSED)("%s is answered with %i", async (_name, status, method, path, headers, body) => {
  const [got, text] = await ask(method, path, headers, body);
  expect(got).toBe(status);
  expect(text).toMatch(/^[A-Z][^{}]*\.\n$/);
});

test.each([
  ["TRACE", "/api/v1/projects", 405, "METHOD_NOT_ALLOWED"],
  ["DELETE", "/api/v1", 405, "METHOD_NOT_ALLOWED"],
  ["GET", "/api/v1/%", 400, "BAD_INPUT"],
])("the API with %s %s is refused with a problem", async (method, path, status, code) => {
  const [got, text] = await ask(method, path, {});
  const problem = { status, code, title: expect.any(String) as string, detail: expect.any(String) as string };
  expect([got, JSON.parse(text)]).toEqual([
    status,
    { ...problem, type: expect.stringMatching("^/api/docs#") as string },
  ]);
});

test.each([
  ["PUT", "/identity/v3", 405, "Method Not Allowed"],
  ["PATCH", "/identity", 405, "Method Not Allowed"],
  ["GET", "/identity/%", 400, "Bad Request"],
])("the OpenStack endpoint with %s %s is refused in the form of Keystone", async (method, path, code, title) => {
  const [got, text] = await ask(method, path, {});
  expect([got, JSON.parse(text)]).toEqual([code, { error: { code, title, message: expect.any(String) as string } }]);
});

test("whatever comes, the answer is the page or a refusal with a sentence", async () => {
  const header = fc.string({ unit: fc.constantFrom(...'$[]{}",:0a%/'), maxLength: 40 });
  const request = fc.record({
    method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"),
    path: fc.constantFrom("/", PAGE, SIGN_IN, "/api/auth/csrf", "/api/auth/x", "/api/v1/x", "/%", "/icon.svg", "//x"),
    headers: fc.record(
      {
        origin: fc.constantFrom(ORIGIN, "null", "x"),
        "next-action": fc.oneof(fc.constant(ACTION), header),
        "content-type": fc.oneof(fc.constantFrom("text/plain", "application/json", "multipart/form-data"), header),
        "next-router-state-tree": fc.oneof(fc.constant(STATE), header),
        cookie: header,
      },
      { requiredKeys: [] },
    ),
    body: fc.oneof(fc.json(), fc.string({ maxLength: 200 })),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, headers, body }) => {
      const [status] = await ask(method, path, headers, method === "HEAD" || method === "GET" ? "" : body);
      expect([200, 400, 403, 404, 405]).toContain(status);
    }),
    { numRuns: 300, seed: 20_261_128 },
  );
});
