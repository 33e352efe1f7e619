import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { guard } from "@/lib/providers/guard";

/** What no radosgw on a test machine says: other versions, other clocks, garbage. */
type Answer = { status: number; body: string; date?: string };

let server: Server | undefined;
afterEach(() => server?.close());

const key = { principal: "lk-1", accessKeyId: "LKTSTAAAAAAAAAAAAAAA" };
const context = () => ({ signal: AbortSignal.timeout(10_000), requestId: randomUUID() });
const reply = (status: number, body: unknown): Answer => ({
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const userWith = (active: boolean) => ({
  user_id: key.principal,
  keys: [
    {
      user: key.principal,
      access_key: key.accessKeyId,
      secret_key: "s".repeat(40),
      active,
      create_date: "2026-01-02T03:04:05.000000Z",
    },
  ],
  subusers: [],
  caps: [],
});

async function connect(answer: (url: URL, request: IncomingMessage) => Answer) {
  const requests: URL[] = [];
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (request.method !== "GET") requests.push(url);
    const { status, body, date } = answer(url, request);
    response.writeHead(status, date ? { date } : {}).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const driver = createCephRgwProvider({
    adminUrl,
    adminPath: "admin",
    signingRegion: "default",
    accessKeyId: "ADMINKEYID",
    secretAccessKey: new Secret("irrelevant-admin-secret"),
    gateways: [{ name: "one", endpoint: adminUrl }],
    cacheSeconds: 900,
    deactivate: "key",
  });
  return { provider: guard(driver, "ceph", logger), requests };
}

test.each([
  ["garbage", 200, "<html>"],
  ["JSON of another form", 200, "{}"],
  ["half a list", 200, '{"user_id":"lk-1","caps":[],"keys":[{"access_key":"A"'],
  ["a server error", 500, '{"Code":"UnknownError"}'],
  ["a 404 of another kind", 404, '{"Code":"NoSuchKey"}'],
  ["a 404 page", 404, "<html>not found</html>"],
  ["a refusal", 403, '{"Code":"InvalidAccessKeyId"}'],
])("%s is never read as absence", async (_name, status, body) => {
  const { provider } = await connect(() => ({ status, body }));
  await expect(provider.listKeys("lk-1", context())).rejects.toMatchObject({ name: "ProviderError" });
  await expect(provider.removeKey(key, context())).rejects.toMatchObject({ name: "ProviderError" });
  await expect(provider.listPrincipals(context())).rejects.toMatchObject({ name: "ProviderError" });
});

test("a list of users that breaks off is no list", async () => {
  const { provider } = await connect(() => reply(200, { keys: ["lk-1"], truncated: true }));
  await expect(provider.listPrincipals(context())).rejects.toMatchObject({ failure: "unavailable" });
});

test("a list of users is read page by page", async () => {
  const { provider } = await connect((url) =>
    url.searchParams.get("marker") === "next page"
      ? reply(200, { keys: ["lk-2"], truncated: false })
      : reply(200, { keys: ["lk-1"], truncated: true, marker: "next page" }),
  );
  expect(await provider.listPrincipals(context())).toEqual(["lk-1", "lk-2"]);
});

test("a key that is still listed after its removal is not called removed", async () => {
  const { provider } = await connect((_url, request) =>
    request.method === "DELETE" ? reply(200, "") : reply(200, userWith(true)),
  );
  await expect(provider.removeKey(key, context())).rejects.toMatchObject({ failure: "ambiguous" });
});

test("no error quotes a secret, though the answer holds one", async () => {
  const { provider } = await connect(() => reply(200, { keys: [{ secret_key: "s".repeat(40) }] }));
  const failure: unknown = await provider.listKeys("lk-1", context()).catch((error) => error);
  expect(String(failure instanceof Error ? failure.stack : failure)).not.toMatch(/ssss|irrelevant-admin/);
  expect(JSON.stringify(failure)).not.toMatch(/ssss|irrelevant-admin/);
});

test("a busy radosgw is throttling, and says that nothing was done", async () => {
  const { provider } = await connect(() => reply(503, { Code: "SlowDown" }));
  await expect(provider.listKeys("lk-1", context())).rejects.toMatchObject({ failure: "throttled" });
});

describe("Squid and later", () => {
  test("a key is switched off and on without another secret, and read back", async () => {
    let active = true;
    const { provider, requests } = await connect((url, request) => {
      if (request.method === "PUT") active = url.searchParams.get("active") === "true";
      return reply(200, request.method === "PUT" ? [] : userWith(active));
    });
    await provider.setKeyState?.(key, "inactive", context());
    expect(await provider.listKeys("lk-1", context())).toMatchObject([
      { accessKeyId: key.accessKeyId, state: "inactive", createdAt: new Date("2026-01-02T03:04:05Z") },
    ]);
    await provider.setKeyState?.(key, "active", context());
    expect(requests.map((url) => [url.searchParams.get("active"), url.searchParams.get("generate-key")])).toEqual([
      ["false", "false"],
      ["true", "false"],
    ]);
  });

  test("a switch that does not take is no switch", async () => {
    const { provider } = await connect((_url, request) => reply(200, request.method === "PUT" ? [] : userWith(true)));
    await expect(provider.setKeyState?.(key, "inactive", context())).rejects.toMatchObject({ failure: "ambiguous" });
  });

  test("a key that is not there is not made by switching it", async () => {
    const { provider, requests } = await connect(() => reply(404, { Code: "NoSuchUser" }));
    await expect(provider.setKeyState?.(key, "inactive", context())).rejects.toMatchObject({ failure: "not-found" });
    expect(requests).toEqual([]);
  });
});

describe("a read-only key", () => {
  const own = `${key.principal}:${key.accessKeyId}`;
  const spec = { ...key, secretAccessKey: new Secret("s".repeat(40)), tag: "m", access: "read-only" as const };
  /** The user with the key, which `owner` holds if it is there, and the subuser if it has permissions. */
  const userHolding = (owner: string | undefined, permissions: string | undefined) => ({
    user_id: key.principal,
    keys: owner ? [{ user: owner, access_key: key.accessKeyId, secret_key: "s".repeat(40) }] : [],
    subusers: permissions ? [{ id: own, permissions }] : [],
    caps: [],
  });
  const nothing = reply(200, userHolding(undefined, undefined));
  /** A radosgw that answers reads with `before` until the first write, and then with `after`. */
  const connectToWrite = async (before: Answer, after: Answer, written = reply(200, [])) => {
    let wrote = false;
    return connect((_url, request) => {
      wrote ||= request.method !== "GET";
      if (request.method !== "GET") return written;
      return wrote ? after : before;
    });
  };

  test("is asked for by name and type, and its secret is read from the user", async () => {
    const { provider, requests } = await connectToWrite(nothing, reply(200, userHolding(own, "read")));
    expect((await provider.putKey(spec, context())).reveal()).toBe("s".repeat(40));
    expect(requests.map((url) => Object.fromEntries(url.searchParams))).toEqual([
      {
        uid: key.principal,
        subuser: key.accessKeyId,
        access: "read",
        "key-type": "s3",
        "access-key": key.accessKeyId,
        "generate-secret": "true",
      },
    ]);
  });

  test.each([
    ["belongs to the user itself", "lk-1", "read", "conflict"],
    ["belongs to another subuser", "lk-1:other", "read", "conflict"],
    ["belongs to another user", `lk-2:${key.accessKeyId}`, "read", "conflict"],
    ["may write", own, "full-control", "conflict"],
    ["may do something unknown", own, "<none>", "conflict"],
    ["is not there", undefined, "read", "ambiguous"],
    ["is there without its subuser", own, undefined, "ambiguous"],
    ["left no trace", undefined, undefined, "ambiguous"],
  ])("that %s after a 200 is not called made", async (_what, owner, permissions, failure) => {
    const { provider } = await connectToWrite(nothing, reply(200, userHolding(owner, permissions)));
    await expect(provider.putKey(spec, context())).rejects.toMatchObject({ failure });
  });

  test.each([
    ["a busy radosgw", reply(503, { Code: "SlowDown" })],
    ["a refused admin", reply(403, { Code: "AccessDenied" })],
    ["a user that is gone", reply(404, { Code: "NoSuchUser" })],
    ["garbage", reply(200, "<html>")],
    ["a user without subusers", reply(200, { user_id: "lk-1", keys: [], caps: [] })],
  ])("that was made and cannot be read back, for %s, may exist and quotes no secret", async (_what, after) => {
    const { provider } = await connectToWrite(nothing, after);
    const failure: unknown = await provider.putKey(spec, context()).catch((error) => error);
    expect(failure).toMatchObject({ failure: "ambiguous" });
    expect(String(failure instanceof Error ? failure.stack : failure)).not.toMatch(/ssss|irrelevant-admin/);
  });

  test.each([
    ["a full key", userHolding("lk-1", undefined)],
    ["a key of another subuser", userHolding("lk-1:other", undefined)],
    ["a subuser that may write", userHolding(undefined, "write")],
  ])("with the id of %s is a conflict before anything is written", async (_what, user) => {
    const { provider, requests } = await connect(() => reply(200, user));
    await expect(provider.putKey(spec, context())).rejects.toMatchObject({ failure: "conflict" });
    expect(requests).toEqual([]);
  });

  test.each([
    ["the key of a subuser", own],
    ["another user's key", "lk-2"],
  ])("%s is no full key, though radosgw answers 200 to a request for one", async (_what, owner) => {
    const { provider } = await connect(() => reply(200, userHolding(owner, "read").keys));
    await expect(provider.putKey({ ...spec, access: "full" }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
  });

  test.each([
    ["whose subuser stays", userHolding(undefined, "read")],
    ["that stays", userHolding(own, undefined)],
    ["that stays whole", userHolding(own, "read")],
  ])("%s is not called removed", async (_what, user) => {
    const { provider } = await connect((_url, request) => reply(200, request.method === "GET" ? user : ""));
    await expect(provider.removeKey(key, context())).rejects.toMatchObject({ failure: "ambiguous" });
  });

  test("that somebody else removes at the same time is removed", async () => {
    const left = [userHolding(undefined, "read"), userHolding(undefined, undefined)];
    const { provider } = await connect((url, request) => {
      if (request.method === "GET") return reply(200, left.shift());
      return url.searchParams.has("subuser") ? reply(404, { Code: "NoSuchSubUser" }) : reply(200, "");
    });
    expect(await provider.removeKey(key, context())).toBe("removed");
  });

  test("costs two requests more to remove than a full key, which costs two", async () => {
    const count = async (left: object[]) => {
      const sent: (string | undefined)[] = [];
      const { provider } = await connect((_url, { method }) => {
        sent.push(method);
        return reply(200, method === "GET" ? left.shift() : "");
      });
      await provider.removeKey(key, context());
      return sent;
    };
    const gone = userHolding(undefined, undefined);
    expect(await count([gone])).toEqual(["DELETE", "GET"]);
    server?.close();
    expect(await count([userHolding(undefined, "read"), gone])).toEqual(["DELETE", "GET", "DELETE", "GET"]);
  });

  test("is switched off in the name of its subuser", async () => {
    let active = true;
    const { provider, requests } = await connect((url, request) => {
      if (request.method === "PUT") active = url.searchParams.get("active") === "true";
      const { keys, ...user } = userHolding(own, "read");
      return reply(200, request.method === "PUT" ? [] : { ...user, keys: keys.map((held) => ({ ...held, active })) });
    });
    await provider.setKeyState?.(key, "inactive", context());
    expect(requests.map((url) => url.searchParams.get("subuser"))).toEqual([key.accessKeyId]);
    expect(await provider.listKeys(key.principal, context())).toMatchObject([
      { state: "inactive", access: "read-only" },
    ]);
  });
});

describe("a clock that is off", () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

  test.each([
    ["and signatures are refused", 403, { Code: "RequestTimeTooSkewed" }],
    [
      "and signatures are still accepted",
      200,
      { ...userWith(true), caps: ["users", "buckets", "usage"].map((type) => ({ type, perm: "*" })) },
    ],
  ])("%s: the check says by how much", async (_name, status, body) => {
    const { provider } = await connect(() => ({ ...reply(status, body), date: inAnHour() }));
    await expect(provider.check(context())).rejects.toMatchObject({
      message: expect.stringMatching(/^the storage system's clock is 3(598|599|600) s ahead of the portal's$/),
    });
  });
});
