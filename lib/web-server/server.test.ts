import { type IncomingHttpHeaders, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { judgeByRoute } from "@/lib/web-server/admit-request";
import { isPortFree } from "@/lib/platform/net/ports";
import { listenToo } from "@/lib/web-server/second-address";
import { close, createWebServer, listen, type WebServerSettings } from "@/lib/web-server/server";

type Answer = { status: number; location: string | undefined; body: string };
type Seen = { headers: IncomingHttpHeaders; raw: string[] };

let server: Server;

afterEach(() => close(server));

async function start(settings: Partial<WebServerSettings>): Promise<number> {
  server = createWebServer(
    { publicUrl: "https://portal.example", trustedProxies: "", ...settings },
    (seen, response) => {
      response.end(JSON.stringify({ headers: seen.headers, raw: seen.rawHeaders } satisfies Seen));
    },
  );
  await listen(server, "127.0.0.1", 0);
  return (server.address() as AddressInfo).port;
}

function ask(port: number, headers: Record<string, string>, path = "/", host = "127.0.0.1"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body }),
      );
    });
    call.on("error", reject).end();
  });
}

const INVENTED = {
  "X-Forwarded-For": "203.0.113.9",
  "X-Forwarded-Host": "evil.example",
  "X-Forwarded-Proto": "http",
  "X-Forwarded-Prefix": "/evil",
  "X-Real-IP": "203.0.113.9",
  Forwarded: "for=203.0.113.9",
  "X-Latchkey-Client-Address": "203.0.113.9",
};

test("headers in which a client invents its origin do not reach the portal", async () => {
  const { headers, raw } = JSON.parse((await ask(await start({}), INVENTED)).body) as Seen;
  expect(headers).toMatchObject({
    "x-latchkey-client-address": "127.0.0.1",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-host": "portal.example",
    "x-forwarded-proto": "https",
    "x-forwarded-port": "443",
  });
  expect(headers).not.toHaveProperty("forwarded");
  expect(headers).not.toHaveProperty("x-real-ip");
  expect(headers).not.toHaveProperty("x-forwarded-prefix");
  expect(JSON.stringify([headers, raw])).not.toMatch(/evil|203\.0\.113/);
});

test("a trusted proxy gives the client's address and no other value", async () => {
  const port = await start({ trustedProxies: "127.0.0.0/8" });
  const { headers, raw } = JSON.parse((await ask(port, INVENTED)).body) as Seen;
  expect(headers["x-latchkey-client-address"]).toBe("203.0.113.9");
  expect(headers["x-forwarded-host"]).toBe("portal.example");
  expect(JSON.stringify([headers, raw])).not.toContain("evil");
});

test("a page under another loopback name redirects to the portal's name", async () => {
  const port = await start({ publicUrl: "http://127.0.0.1:3000" });
  const answer = await ask(port, { host: "localhost:3000", accept: "text/html" }, "/projects?a=b");
  expect(answer).toMatchObject({ status: 307, location: "http://127.0.0.1:3000/projects?a=b" });
  expect((await ask(port, { host: "localhost:3000", accept: "*/*" }, "/api/health")).status).toBe(200);
});

test.each([
  ["a header of 20 kB", { "x-big": "a".repeat(20_000) }, "/", 431],
  ["a request for another server", {}, "http://other.example/", 400],
])("%s is refused", async (_case, headers, path, status) => {
  expect((await ask(await start({}), headers, path)).status).toBe(status);
});

test.each([
  ["/projects/%E0%A4%A/object-storage", 400],
  ["/projects/%", 400],
  ["/projects/%C3%A9", 200],
  ["/projects?q=%E0%A4%A", 200],
  ["/?%", 200],
])("the page %s is answered with %i", async (path, status) => {
  const port = await start({
    judge: judgeByRoute({ publicUrl: new URL("https://portal.example"), actions: new Set() }),
  });
  expect((await ask(port, {}, path)).status).toBe(status);
});

test.each([
  ["a page", "GET / HTTP/1.1\r\nhost: x", 200],
  ["a redirect", "GET / HTTP/1.1\r\nhost: localhost:3000\r\naccept: text/html", 307],
  ["a refusal", "TRACE / HTTP/1.1\r\nhost: x", 405],
  ["a request without a host", "GET / HTTP/1.1", 400],
  ["an expectation that nobody meets", "GET / HTTP/1.1\r\nhost: x\r\nexpect: miracles", 400],
  ["bytes that are no request", "miracles", 400],
  ["headers that are too long", `GET / HTTP/1.1\r\nhost: x\r\nx-big: ${"a".repeat(20_000)}`, 431],
])("%s carries the headers of every answer", async (_case, head, status) => {
  const publicUrl = "http://127.0.0.1:3000";
  const port = await start({ publicUrl, judge: judgeByRoute({ publicUrl: new URL(publicUrl), actions: new Set() }) });
  const client = connect(port, "127.0.0.1");
  client.end(`${head}\r\nconnection: close\r\n\r\n`);
  let answer = "";
  for await (const part of client.setEncoding("latin1")) answer += part as string;
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toMatch(/\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'\r\n/i);
  expect(answer).toMatch(/\r\nx-content-type-options: nosniff\r\n/i);
  expect(answer).toMatch(/\r\nreferrer-policy: no-referrer\r\n/i);
});

test("the error names a taken port and its setting", async () => {
  const port = await start({});
  const second = createWebServer({ publicUrl: "https://portal.example", trustedProxies: "" }, () => undefined);
  await expect(listen(second, "127.0.0.1", port)).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program: set PORT`,
  );
});

const hasIpv6 = await isPortFree(0, "::1");

test.skipIf(!hasIpv6)("a second address answers as the first does, and stopping ends both", async () => {
  const port = await start({});
  const second = await listenToo(server, "::1", port);
  expect((await ask(port, {}, "/", "::1")).status).toBe(200);
  expect((await ask(port, {}, "/")).status).toBe(200);
  await close(server, second);
  await expect(ask(port, {}, "/", "::1")).rejects.toThrow("ECONNREFUSED");
});

test("a second address that the machine does not have is left out, and a taken one is named", async () => {
  const port = await start({});
  const other = createWebServer({ publicUrl: "https://portal.example", trustedProxies: "" }, () => undefined);
  expect(await listenToo(other, "192.0.2.1", port)).toBeUndefined();
  await expect(listenToo(other, "127.0.0.1", port)).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
});

test("stopping lets an in-flight request finish", async () => {
  let finish: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    server = createWebServer({ publicUrl: "https://portal.example", trustedProxies: "" }, (_request, response) => {
      finish = () => response.end("done");
      resolve();
    });
  });
  await listen(server, "127.0.0.1", 0);
  const answer = ask((server.address() as AddressInfo).port, {});
  await begun;
  const closed = close(server);
  finish();
  expect((await answer).body).toBe("done");
  await closed;
});
