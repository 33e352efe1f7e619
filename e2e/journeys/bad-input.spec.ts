import { type IncomingHttpHeaders, request } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { runAdmin } from "../fixtures/admin";
import type { PortalFacts } from "../fixtures/portal";
import { readActionIds } from "../fixtures/portal-client";
import { expect, personOf, test } from "../fixtures/test";

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
  "/api/v1/projects",
  "/api/v1/projects/demo/keys?cursor=%00&state=x&search=%F0%9F%92%A9",
  "/api/v1/support/keys/%00",
  "/api/v1/nothing",
  "/api/v1/audit?who=%F0%9F%92%A9&from=0000-01-01",
  "/api/projects/demo/activity/export?format=x",
  "/api/admin/audit-log/export?format=csv&to=%00",
  "/projects/demo/activity?who=%E2%80%8B&accessKey=%27&cursor=%00",
  "/api/docs",
  "/projects/demo/object-storage",
  "/projects/demo/object-storage/keys?cursor=%00&state=constructor&search=%F0%9F%92%A9",
  "/projects/demo/members?cursor=%00&search=%F0%9F%92%A9%E2%80%AE%25_",
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

const readLog = ({ dataDir }: PortalFacts) => readFile(join(dataDir, "up.log"), "utf8");
const STACK = /\n\s+at .*[(:]/;
const SECRET = "hunter2-hunter2";

/** The lines of the portal's log that hold every one of the texts. */
async function findLines(portal: PortalFacts, ...texts: string[]): Promise<Record<string, unknown>[]> {
  const lines = (await readLog(portal)).split("\n").filter((line) => texts.every((part) => line.includes(part)));
  return lines.map((line) => JSON.parse(line.slice(line.indexOf("{"))) as Record<string, unknown>);
}

const SIGN_IN = "/api/auth/callback/credentials";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const REFUSED: [string, number, Asked][] = [
  ["a method that no page has", 405, { method: "TRACE", path: `/login?q=${SECRET}`, headers: {}, body: "" }],
  [
    "a broken router state",
    400,
    { method: "GET", path: `/login?q=${SECRET}`, headers: { rsc: "1", "next-router-state-tree": SECRET }, body: "" },
  ],
  ["a body that is too long", 413, { method: "POST", path: SIGN_IN, headers: FORM, body: SECRET.repeat(2_000) }],
];

for (const [name, status, asked] of REFUSED) {
  test(`${name} is refused with ${status}, and the log has one line about it`, async ({ portal }) => {
    const before = (await readLog(portal)).length;
    // After too many refusals in a minute the log leaves some out, so that nobody fills it.
    await expect(async () => {
      const { headers, ...answer } = await ask(new URL(portal.url), asked);
      expect(answer.status).toBe(status);
      const lines = () => findLines(portal, String(headers["x-request-id"]));
      await expect.poll(lines, { timeout: 5_000 }).toHaveLength(1);
      const path = asked.path.split("?")[0];
      expect(await lines()).toMatchObject([{ method: asked.method, path, status, reason: answer.body.trim() }]);
    }).toPass({ timeout: 300_000 });
    const written = (await readLog(portal)).slice(before);
    expect(written).not.toContain(SECRET);
    expect(written).not.toMatch(STACK);
  });
}

test("input that the API or an action cannot read leaves one line in the log too", async ({ openAs, portal }) => {
  const url = new URL(portal.url);
  const { email } = personOf(portal, "member+");
  const token = /lkt_\w+/.exec(await runAdmin(portal, ["token", "create", email, "--name", "bad-input"]))?.[0];
  const path = "/api/v1/projects/demo/regions/unread/enable";
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  expect((await ask(url, { method: "POST", path, headers, body: `{"${SECRET}` })).status).toBe(400);
  const program = () => findLines(portal, "action.refused", `"path":"${path}"`);
  await expect.poll(program).toMatchObject([{ method: "POST", code: "BAD_INPUT", action: "Enable CLI Access" }]);

  const page = await openAs("member+");
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const id = (await readActionIds()).get("disableAccess") ?? "";
  const call = { origin: url.origin, cookie, "next-action": id, "content-type": "text/plain;charset=UTF-8" };
  const dashboard = "/projects/demo/object-storage";
  await ask(url, {
    method: "POST",
    path: dashboard,
    headers: call,
    body: `[{"project":"demo","region":"${SECRET}!"}]`,
  });
  const browser = () => findLines(portal, '"action":"Disable Access"', '"code":"BAD_INPUT"');
  await expect.poll(browser).toHaveLength(1);
  expect(await readLog(portal)).not.toContain(SECRET);
});

test("whatever is sent, the portal answers without an error of its own, and every answer has its headers", async ({
  openAs,
  portal,
}) => {
  const url = new URL(portal.url);
  const page = await openAs("member");
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const actions = [...(await readActionIds()).values()];
  const before = (await readLog(portal)).length;
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
  const written = (await readLog(portal)).slice(before);
  expect(written).not.toMatch(STACK);
  expect(written).not.toMatch(/"level":[56]0/);
});
