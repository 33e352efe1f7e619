import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { guard } from "@/lib/providers/guard";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";

/** What no Keystone on a test machine says: other versions, other clocks, half answers, garbage. */
type Answer = { status: number; body: unknown } | "drop";

let server: Server | undefined;
afterEach(() => server?.close());

const key = { principal: "lk-1", accessKeyId: "LKTSTAAAAAAAAAAAAAAA" };
const context = () => ({ signal: AbortSignal.timeout(10_000), requestId: randomUUID() });
const robot = { id: "robot-id", name: "lk-1", domain_id: "default" };
const credentialOf = (accessKeyId: string, more = {}) => ({
  id: "0".repeat(64),
  type: "ec2",
  user_id: robot.id,
  project_id: "project-id",
  blob: JSON.stringify({ access: accessKeyId, secret: "s".repeat(40) }),
  ...more,
});
/** A Keystone with one robot and no credential, whose admin may see everything. */
const calm = ({ pathname }: URL): Answer => {
  if (pathname === "/v3/users") return { status: 200, body: { users: [robot], links: { next: null } } };
  if (pathname === "/v3/projects")
    return { status: 200, body: { projects: [{ ...robot, id: "project-id" }], links: {} } };
  if (pathname === "/v3/credentials") return { status: 200, body: { credentials: [], links: { next: null } } };
  return { status: 404, body: { error: { code: 404, message: "Could not find it", title: "Not Found" } } };
};

async function connect(answer: (url: URL, request: IncomingMessage) => Answer | undefined, login?: () => Answer) {
  const requests: string[] = [];
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    requests.push(`${request.method} ${url.pathname}`);
    const isLogin = url.pathname === "/v3/auth/tokens";
    const given = isLogin ? (login?.() ?? loginAnswer(3_600_000, 0)) : (answer(url, request) ?? calm(url));
    if (given === "drop") return request.socket.destroy();
    const text = typeof given.body === "string" ? given.body : JSON.stringify(given.body);
    response.writeHead(given.status, isLogin ? { "x-subject-token": "irrelevant-token" } : {}).end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const driver = createKeystoneProvider({
    identityUrl: `${endpoint}/v3`,
    userName: "latchkey",
    userDomain: "Default",
    projectName: "service",
    projectDomain: "Default",
    password: new Secret("irrelevant-password"),
    domain: "default",
    role: "member",
    signingRegion: "default",
    endpoint,
    gateways: [{ name: "one", endpoint }],
    cacheSeconds: 300,
    keystoneRelease: undefined,
    rgw: undefined,
    exclusive: false,
  });
  return { provider: guard(driver, "keystone", logger), requests, endpoint };
}

function loginAnswer(lifeMs: number, aheadMs: number): Answer {
  const issued = Date.now() + aheadMs;
  const token = {
    issued_at: new Date(issued).toISOString(),
    expires_at: new Date(issued + lifeMs).toISOString(),
    user: { id: "service" },
  };
  return { status: 201, body: { token } };
}

test.each<[string, Answer]>([
  ["garbage", { status: 200, body: "<html>" }],
  ["JSON of another form", { status: 200, body: {} }],
  ["half a list", { status: 200, body: '{"users":[{"id":"robot-id"' }],
  ["a server error", { status: 500, body: { error: { message: "oops" } } }],
  ["a 404 page", { status: 404, body: "<html>not found</html>" }],
  ["a refusal", { status: 403, body: { error: { message: "forbidden" } } }],
  ["a broken connection", "drop"],
])("%s is never read as absence", async (_name, answer) => {
  const { provider } = await connect(() => answer);
  await expect(provider.listKeys("lk-1", context())).rejects.toMatchObject({ name: "ProviderError" });
  await expect(provider.listPrincipals(context())).rejects.toMatchObject({ name: "ProviderError" });
  const { provider: withRobot } = await connect(({ pathname }) =>
    pathname.startsWith("/v3/credentials") ? answer : undefined,
  );
  await expect(withRobot.listKeys("lk-1", context())).rejects.toMatchObject({ name: "ProviderError" });
  await expect(withRobot.removeKey(key, context())).rejects.toMatchObject({ name: "ProviderError" });
});

test("an empty list is not believed of a Keystone that would not show another's credential", async () => {
  const { provider } = await connect(({ pathname }) =>
    pathname.startsWith("/v3/credentials/") ? { status: 403, body: { error: { message: "forbidden" } } } : undefined,
  );
  await expect(provider.listKeys("lk-1", context())).rejects.toMatchObject({ failure: "denied" });
});

test("a domain that is not there is an error, and not one without keys", async () => {
  const { provider } = await connect(({ pathname }) =>
    pathname === "/v3/users" ? { status: 200, body: { users: [] } } : undefined,
  );
  await expect(provider.listKeys("lk-1", context())).rejects.toThrow("Keystone has no domain with the id default");
});

test.each(["users", "projects", "credentials"])("a list of %s that is cut off is no list", async (collection) => {
  const { provider } = await connect(({ pathname }) => {
    const whole = calm(new URL(`http://127.0.0.1${pathname}`));
    return pathname === `/v3/${collection}` && whole !== "drop"
      ? { ...whole, body: { ...(whole.body as object), truncated: true } }
      : undefined;
  });
  const call = collection === "credentials" ? provider.listKeys("lk-1", context()) : provider.listPrincipals(context());
  await expect(call).rejects.toMatchObject({
    failure: "unavailable",
    message: expect.stringContaining(`list of ${collection}`),
  });
});

test("a list is read page by page, at the address of the settings and no other", async () => {
  const { provider, requests } = await connect(({ pathname, searchParams }) => {
    if (pathname !== "/v3/users") return undefined;
    if (searchParams.get("marker") === "2") return { status: 200, body: { users: [robot], links: { next: null } } };
    const next = "http://elsewhere.invalid/v3/users?marker=2";
    return { status: 200, body: { users: [{ ...robot, name: "somebody" }], links: { next }, truncated: true } };
  });
  expect(await provider.listPrincipals(context())).toEqual(["lk-1"]);
  expect(requests.filter((request) => request === "GET /v3/users")).toHaveLength(2);
});

test("what a Keystone lists that leaves filters out is filtered here", async () => {
  const ours = credentialOf("A");
  const others = [credentialOf("B", { user_id: "another" }), credentialOf("C", { type: "totp" })];
  const { provider } = await connect(({ pathname }) =>
    pathname === "/v3/credentials" ? { status: 200, body: { credentials: [...others, ours] } } : undefined,
  );
  expect((await provider.listKeys("lk-1", context())).map((view) => view.accessKeyId)).toEqual([ours.id]);
});

test("a credential that cannot be read is listed under its own id", async () => {
  const blobs = ["no JSON", "[]", '{"secret":"x"}', '{"access":"names another than it is found by","secret":"x"}'];
  const credentials = blobs.map((blob, index) => credentialOf("", { id: `id-${index}`, blob }));
  const { provider } = await connect(({ pathname }) =>
    pathname === "/v3/credentials" ? { status: 200, body: { credentials } } : undefined,
  );
  expect((await provider.listKeys("lk-1", context())).map((view) => view.accessKeyId)).toEqual(
    credentials.map(({ id }) => id),
  );
});

test("a taken id that is not there is ambiguous, and a limit is told from a refusal", async () => {
  const put = { ...key, secretAccessKey: new Secret("s".repeat(40)), tag: "m", access: "full" as const };
  const answering = async (status: number, message: string) =>
    (await connect((_url, { method }) => (method === "POST" ? { status, body: { error: { message } } } : undefined)))
      .provider;
  await expect((await answering(409, "Conflict")).putKey(put, context())).rejects.toMatchObject({
    failure: "ambiguous",
  });
  const full = "Unable to create additional credentials, maximum of 3 already exceeded for user.";
  await expect((await answering(403, full)).putKey(put, context())).rejects.toMatchObject({ failure: "limit" });
  await expect((await answering(403, "You are not authorized")).putKey(put, context())).rejects.toMatchObject({
    failure: "denied",
  });
  await expect((await answering(500, "oops")).putKey(put, context())).rejects.toMatchObject({ failure: "ambiguous" });
});

test("no error quotes the password, the token or a secret", async () => {
  const { provider } = await connect(({ pathname }) =>
    pathname.startsWith("/v3/credentials") ? { status: 500, body: "oops" } : undefined,
  );
  const secretAccessKey = new Secret("s".repeat(40));
  const failure: unknown = await provider
    .putKey({ ...key, secretAccessKey, tag: "m", access: "full" }, context())
    .catch((error) => error);
  for (const text of [String(failure instanceof Error ? failure.stack : failure), JSON.stringify(failure)]) {
    expect(text).not.toMatch(/ssss|irrelevant/);
  }
});

describe("the login", () => {
  test.each<[string, Answer, string]>([
    ["refused", { status: 401, body: { error: { message: "no" } } }, "denied"],
    ["answered by a server error", { status: 500, body: "oops" }, "unavailable"],
    ["answered by another product", { status: 404, body: "<html>" }, "unavailable"],
    ["answered in another form", { status: 201, body: {} }, "unavailable"],
    ["broken off", "drop", "unavailable"],
    ["one too many", { status: 429, body: "slow down" }, "throttled"],
  ])("when %s proves that nothing was done", async (_name, answer, failure) => {
    const { provider, requests } = await connect(
      () => undefined,
      () => answer,
    );
    await expect(provider.removeKey(key, context())).rejects.toMatchObject({ failure });
    expect(new Set(requests)).toEqual(new Set(["POST /v3/auth/tokens"]));
  });

  test("is shared by who calls at once, and outlives the driver", async () => {
    const { provider, requests } = await connect(() => undefined);
    await Promise.all(Array.from({ length: 10 }, () => provider.listKeys("lk-1", context())));
    expect(requests.filter((request) => request === "POST /v3/auth/tokens")).toHaveLength(1);
  });

  test("is repeated once when a token is refused, and a second refusal is the admin's", async () => {
    let refusals = 1;
    const { provider, requests } = await connect(() => (refusals-- > 0 ? { status: 401, body: {} } : undefined));
    expect(await provider.listKeys("lk-1", context())).toEqual([]);
    expect(requests.filter((request) => request === "POST /v3/auth/tokens")).toHaveLength(2);
    refusals = Infinity;
    await expect(provider.listKeys("lk-1", context())).rejects.toMatchObject({ failure: "denied" });
  });

  test.each([
    ["ahead of", 3_600_000],
    ["behind", -3_600_000],
  ])("tells that a clock is an hour %s ours", async (direction, aheadMs) => {
    const { provider } = await connect(
      () => undefined,
      () => loginAnswer(3_600_000, aheadMs),
    );
    // Tokens live by Keystone's clock, and the driver does not mind: only signatures would.
    expect(await provider.listKeys("lk-1", context())).toEqual([]);
    await expect(provider.check(context())).rejects.toThrow(
      new RegExp(`^the storage system's clock is 3(599|600) s ${direction} the portal's$`),
    );
  });
});
