import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { readActionIds } from "../fixtures/portal-client";
import { expect, test } from "../fixtures/test";

const SEED = 20261128;
const RUNS = 400;

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
const PATHS = [
  "/",
  "/login",
  "/icon.svg",
  "/icon.svgfoo",
  "/api/health",
  "/api/auth/session",
  "/api/auth/csrf",
  "/api/auth/_log",
  "/api/auth/callback/credentials",
  "/api/auth/signin/nobody",
  "/api/projects/demo/cards",
  "/api/projects/__proto__/cards",
  "/api/v1/projects/demo/regions",
  "/api/v1/projects/demo/regions/north/enable",
  "/api/v1/nothing",
  "/projects/demo/object-storage",
  "/projects/demo/object-storage/keys?cursor=%00&state=constructor&search=%F0%9F%92%A9",
  "/projects/%E0%A4%A/object-storage",
  "/support?key=%00",
  "/admin/users?cursor=garbage",
];
const TYPES = [
  "application/json",
  "text/plain;charset=UTF-8",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "text/plain; charset=utf-16",
  "nonsense",
];
const BODIES = [
  "",
  "{",
  "[]",
  "null",
  '["$K1"]',
  '["$F1","$@0"]',
  '[{"__proto__":{"project":"demo"}}]',
  '[{"project":"demo","region":"north","requestId":"x","confirm":["confirm"]}]',
  `[${"[".repeat(2_000)}${"]".repeat(2_000)}]`,
  '--x\r\ncontent-disposition: form-data; name="1_$ACTION_ID_"\r\n\r\n',
  "email=%00&password=%ZZ&callbackUrl=http%3A%2F%2F%5B",
  "\u202e\u0000\ud800",
  "9".repeat(400),
];

/** Requests that no page of the portal sends, and some that it sends. */
function anyRequest(origin: string, cookie: string, actions: string[]): fc.Arbitrary<Asked> {
  const header = (name: string, values: fc.Arbitrary<string>) => fc.option(values).map((value) => ({ name, value }));
  const someText = fc.string({ unit: "grapheme-ascii", maxLength: 60 });
  return fc
    .record({
      method: fc.constantFrom(...METHODS),
      path: fc.constantFrom(...PATHS),
      body: fc.oneof(fc.constantFrom(...BODIES), fc.json(), someText),
      headers: fc.tuple(
        header("content-type", fc.constantFrom(...TYPES)),
        header("cookie", fc.constantFrom(cookie, "latchkey.session=x", "latchkey.callback-url=http%3A%2F%2F%5B")),
        header("origin", fc.constantFrom(origin, "https://evil.example", "null")),
        header("next-action", fc.constantFrom(...actions, "x", "0".repeat(42))),
        header("next-router-state-tree", fc.oneof(fc.constantFrom("%5B%5D", "%", "null"), someText)),
        header("rsc", fc.constant("1")),
        header("authorization", fc.constantFrom("Bearer x", `Bearer lkt_${"a".repeat(48)}`, "Basic x")),
        header("accept", fc.constantFrom("text/html", "text/x-component", "*/*")),
      ),
    })
    .map(({ headers, ...asked }) => ({
      ...asked,
      headers: Object.fromEntries(headers.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
    }));
}

/** Sends a request that `fetch` would refuse to send. */
function ask(portal: URL, { method, path, headers, body }: Asked): Promise<Answer> {
  const { hostname, port } = portal;
  const length = body === "" ? {} : { "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, headers: { ...headers, ...length }, agent: false };
    const sent = request(options, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      text(response).then((read) => resolve({ status, headers: answered, body: read }), reject);
    });
    sent.on("error", reject).end(body);
  });
}

test("whatever is sent, the portal answers without an error of its own, and every answer has its headers", async ({
  openAs,
  portal,
}) => {
  const url = new URL(portal.url);
  const page = await openAs("member");
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const actions = [...(await readActionIds()).values()];
  await fc.assert(
    fc.asyncProperty(anyRequest(url.origin, cookie, actions), async (asked) => {
      const { status, headers, body } = await ask(url, asked);
      expect(status, body.slice(0, 300)).toBeLessThan(500);
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(body).not.toMatch(/\n\s+at .*\(/);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
