import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presign, type RawRequest, send, sendSigned } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";
import { createListener, listen, MAX_CONNECTIONS_PER_NETWORK, type RequestHandler, stopListening } from "./listener";

let server: TestServer;
let pair: Pair;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket" });
  const page = { "content-type": "text/html" };
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket/page", body: "<script>", headers: page });
});
afterAll(() => server.stop());

const ask = (raw: RawRequest) => sendSigned(server.endpoint(), pair, raw);
const safe = (policy: string) => ({
  "content-security-policy": policy,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

describe("headers against what a browser could do with an answer", () => {
  it("sandbox every object", async () => {
    const target = "/bucket/page";
    const full = await ask({ target });
    const etag = String(full.headers.etag);
    const answers = [
      full,
      await ask({ method: "HEAD", target }),
      await ask({ target, headers: { range: "bytes=1-2" } }),
      await ask({ target, headers: { "if-none-match": etag } }),
      await ask({ target: `${target}?response-content-type=image/svg%2Bxml` }),
      await send(server.endpoint(), { target: presign(server.endpoint(), pair, { target }, { expires: 60 }) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 206, 304, 200, 200]);
    for (const { headers } of answers) expect(headers).toMatchObject(safe("sandbox"));
  });

  it("forbid everything to every other answer", async () => {
    const answers = [
      await ask({ target: "/" }),
      await ask({ target: "/bucket?list-type=2" }),
      await ask({ method: "PUT", target: "/bucket/other", body: "x" }),
      await ask({ method: "DELETE", target: "/bucket/other" }),
      await ask({ target: "/bucket/absent" }),
      await ask({ method: "HEAD", target: "/bucket/absent" }),
      await ask({ target: "/bucket/page", headers: { "if-match": '"x"' } }),
      await ask({ method: "PUT", target: "/bucket?versioning" }),
      await send(server.endpoint(), { target: "/" }),
      await send(server.endpoint(), { target: "/%" }),
      await send(server.server.adminUrl, { target: "/v1/regions" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204, 404, 404, 412, 501, 403, 400, 401]);
    for (const { headers } of answers) expect(headers).toMatchObject(safe("default-src 'none'; sandbox"));
  });
});

it("bounds the connections of one address, and another address still gets in", async () => {
  const MORE = 100;
  const handle: RequestHandler = async (_request, response) => void response.end("in");
  // No timeout closes a connection, however slow this machine is.
  const patient = { headersMs: 600_000, idleMs: 600_000, keepAliveMs: 600_000, checkEveryMs: 600_000 };
  const listener = createListener(handle, patient);
  const port = await listen(listener, 0, "127.0.0.1", "a test");
  const from = (localAddress: string) =>
    new Promise<number | string>((resolve) => {
      const outgoing = request({ host: "127.0.0.1", port, localAddress, agent: false }, (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode ?? 0);
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      outgoing.end();
    });

  let closed = 0;
  const sockets = Array.from({ length: MAX_CONNECTIONS_PER_NETWORK + MORE }, (): Socket => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.1" });
    socket.on("error", () => undefined);
    socket.once("close", () => (closed += 1));
    return socket.resume();
  });
  await expect.poll(() => closed).toBe(MORE);
  expect(await from("127.0.0.1")).toMatch(/^(ECONNRESET|EPIPE)$/);
  expect(await from("127.0.0.2")).toBe(200);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => from("127.0.0.1")).toBe(200);
  await stopListening(listener, 100);
});
