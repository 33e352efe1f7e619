import { request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { CLIENT_LIMITS } from "@/lib/web-server/client-limits";
import { close, createWebServer, listen, type WebServerSettings } from "@/lib/web-server/server";

const AUTH = "/api/auth/callback/credentials";
const AUTH_BOUND = 16 * 1024;
const BOUND = 64 * 1024;
/** Longer than any test, so that no time decides. */
const NEVER_MS = 3_600_000;

let server: Server;
let reached: string[];
let accepted: Socket[];
const clients: Socket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await close(server);
});

async function start(settings: Partial<WebServerSettings> = {}): Promise<number> {
  reached = [];
  accepted = [];
  server = createWebServer(
    { publicUrl: "https://portal.example", trustedProxies: "", ...settings },
    async (seen, response) => {
      reached.push(seen.url ?? "");
      let size = 0;
      for await (const part of seen) size += (part as Buffer).length;
      response.end(String(size));
    },
  );
  server.on("connection", (socket: Socket) => accepted.push(socket));
  await listen(server, "127.0.0.1", 0);
  return (server.address() as AddressInfo).port;
}

/** Sends raw text. Resolves to all that the server answers until it closes the connection. */
function send(port: number, text: string, localAddress = "127.0.0.1"): Promise<string> {
  const client = connect({ port, host: "127.0.0.1", localAddress });
  clients.push(client);
  client.write(text);
  return new Promise((resolve) => {
    let answer = "";
    client.setEncoding("latin1").on("data", (part: string) => (answer += part));
    client.on("error", () => client.destroy()).on("close", () => resolve(answer));
  });
}

const head = (path: string, ...lines: string[]) =>
  [`POST ${path} HTTP/1.1`, "host: portal.example", ...lines, "", ""].join("\r\n");

function get(port: number, localAddress: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, localAddress, headers, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    call.on("error", reject).end();
  });
}

test.each([
  [AUTH, AUTH_BOUND],
  ["/projects/demo", BOUND],
  ["/api/v1/projects", BOUND],
])("a body of %s has a bound, and one byte more is refused before the body comes", async (path, bound) => {
  const port = await start();
  const longest = send(port, head(path, `content-length: ${bound}`, "connection: close") + "x".repeat(bound));
  expect(await longest).toMatch(new RegExp(`^HTTP/1.1 200 [^]*\\r\\n\\r\\n[^]*${bound}`));
  const refused = await send(port, head(path, `content-length: ${bound + 1}`));
  expect(refused).toMatch(/^HTTP\/1\.1 413 /);
  expect(refused).toMatch(/\r\nconnection: close\r\n/i);
  expect(refused).toContain(`The body is longer than ${bound} bytes.`);
  expect(refused.includes('"code":"BODY_TOO_LONG"')).toBe(path.startsWith("/api/v1"));
  expect(reached).toEqual([path]);
});

test("a chunked body is cut at its bound", async () => {
  const port = await start();
  const chunk = `1000\r\n${"x".repeat(4_096)}\r\n`;
  const whole = await send(port, `${head(AUTH, "transfer-encoding: chunked", "connection: close")}${chunk}0\r\n\r\n`);
  expect(whole).toMatch(/^HTTP\/1\.1 200 /);
  const refused = await send(port, head(AUTH, "transfer-encoding: chunked") + chunk.repeat(5));
  expect(refused).toMatch(/^HTTP\/1\.1 413 /);
  expect(reached).toEqual([AUTH]);
});

test("a body that falls silent ends with 408", async () => {
  const port = await start({ limits: { ...CLIENT_LIMITS, bodySilentMs: 100 } });
  const refused = await send(port, `${head(AUTH, "content-length: 100")}half`);
  expect(refused).toMatch(/^HTTP\/1\.1 408 /);
  expect(reached).toEqual([]);
});

test("400 connections with unfinished bodies hold little, and another network is served", async () => {
  const port = await start({ limits: { ...CLIENT_LIMITS, bodySilentMs: NEVER_MS } });
  const part = "x".repeat(AUTH_BOUND - 1);
  const ended: string[] = [];
  for (let count = 0; count < 400; count += 1) {
    void send(port, head(AUTH, `content-length: ${AUTH_BOUND}`) + part).then((answer) => ended.push(answer));
  }
  await expect.poll(() => ended.length).toBe(400 - CLIENT_LIMITS.perNetwork);
  expect(await get(port, "127.0.0.2")).toBe(200);
  expect(reached).toEqual(["/"]);
  await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(300);
  const read = accepted.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  expect(read).toBeLessThan(CLIENT_LIMITS.perNetwork * (AUTH_BOUND + 1_024));
  for (const client of clients.splice(0)) client.destroy();
  await expect.poll(() => get(port, "127.0.0.1").catch(() => 0)).toBe(200);
});

test("400 connections with unfinished bodies are all closed", async () => {
  const port = await start({ limits: { ...CLIENT_LIMITS, bodySilentMs: 100 } });
  const unfinished = () => send(port, `${head(AUTH, "content-length: 100")}half`);
  await Promise.all(Array.from({ length: 400 }, unfinished));
  expect(reached).toEqual([]);
});

test("behind a trusted proxy the requests in flight of each client count, and the connections do not", async () => {
  const limits = { connections: 100, perNetwork: 2, bodySilentMs: NEVER_MS };
  const port = await start({ trustedProxies: "127.0.0.1", limits });
  const unfinished = () => send(port, head("/", "x-forwarded-for: 203.0.113.9", "content-length: 100"));
  const held = [unfinished(), unfinished()];
  await expect.poll(() => get(port, "127.0.0.1", { "x-forwarded-for": "203.0.113.9" })).toBe(429);
  expect(await get(port, "127.0.0.1", { "x-forwarded-for": "203.0.113.10" })).toBe(200);
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(held);
  await expect.poll(() => get(port, "127.0.0.1", { "x-forwarded-for": "203.0.113.9" })).toBe(200);
});
