import { execFile } from "node:child_process";
import dns from "node:dns";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { HAS_OPENSSL, makeCertificate } from "@/testing/certificate";
import { type OutboundRequest, sendOutbound } from "@/lib/platform/net/outbound";

const run = promisify(execFile);
const servers: Server[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
const serve = async (answer: RequestListener) => `http://127.0.0.1:${await listen(createServer(answer))}/`;
const request = (changes: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: "GET",
  signal: AbortSignal.timeout(10_000),
  maxBytes: 1_000,
  ...changes,
});
const send = (url: string, changes: Partial<OutboundRequest> = {}) => sendOutbound(new URL(url), request(changes));

test("the body arrives with its length, and the answer with its status and headers", async () => {
  const url = await serve((incoming, response) => {
    let text = "";
    incoming.on("data", (part: Buffer) => (text += part.toString()));
    incoming.on("end", () =>
      response
        .writeHead(418, { "x-length": incoming.headers["content-length"] ?? "none" })
        .end(`${incoming.method} ${text}`),
    );
  });
  const answer = await send(url, { method: "PUT", body: "ä" });
  expect(answer).toMatchObject({ status: 418, text: "PUT ä", headers: { "x-length": "2" } });
});

test("one connection serves one request after the other", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((incoming, response) => {
    ports.add(incoming.socket.remotePort);
    response.end("ok");
  });
  for (let count = 0; count < 10; count += 1) await send(url);
  expect(ports.size).toBe(1);
});

test("a redirect is an answer and is not followed", async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((incoming, response) => {
    asked.push(incoming.url);
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  expect((await send(url)).status).toBe(302);
  expect(asked).toEqual(["/"]);
});

test("an answer that is too long is not read to its end", async () => {
  const url = await serve((_incoming, response) => {
    response.write("x".repeat(900));
    const timer = setInterval(() => response.write("x".repeat(900)), 1);
    response.once("close", () => clearInterval(timer));
  });
  await expect(send(url)).rejects.toMatchObject({ kind: "too-long", sent: true });
  expect((await send(url, { beyond: "cut" })).text).toBe("x".repeat(1_000));
});

test("an answer that breaks off is none", async () => {
  const url = await serve((_incoming, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  await expect(send(url)).rejects.toMatchObject({ kind: "broken", sent: true });
});

test("a caller that withdraws is answered", async () => {
  const controller = new AbortController();
  const url = await serve(() => controller.abort());
  await expect(send(url, { signal: controller.signal })).rejects.toMatchObject({ kind: "broken", sent: true });
});

describe("a connection that the other side closed while it was idle", () => {
  /** Answers the first request of a connection and drops the next one unanswered. */
  const closing = async () => {
    const asked: (string | undefined)[] = [];
    const seen = new WeakSet<Socket>();
    const url = await serve((incoming, response) => {
      asked.push(incoming.method);
      if (seen.has(incoming.socket)) incoming.socket.destroy();
      else response.end("ok");
      seen.add(incoming.socket);
    });
    await send(url);
    return { url, asked };
  };

  test("does not fail a read", async () => {
    const { url, asked } = await closing();
    expect((await send(url)).text).toBe("ok");
    expect(asked).toEqual(["GET", "GET", "GET"]);
  });

  test("leaves open what became of a write, which is not sent again", async () => {
    const { url, asked } = await closing();
    await expect(send(url, { method: "DELETE" })).rejects.toMatchObject({ kind: "broken", sent: true });
    expect(asked).toEqual(["GET", "DELETE"]);
  });
});

describe("where nothing is sent", () => {
  test("nobody listens", async () => {
    const url = await serve(() => {});
    servers.splice(0).forEach((server) => server.close());
    const message = `nothing listens at ${new URL(url).host}`;
    await expect(send(url)).rejects.toMatchObject({ kind: "unreachable", sent: false, message });
  });

  test("a name that there is not", async () => {
    const message = "there is no address for nobody.invalid:9000";
    await expect(send("http://nobody.invalid:9000/")).rejects.toMatchObject({
      kind: "unreachable",
      sent: false,
      message,
    });
  });

  test("a refused address", async () => {
    const message = "169.254.169.254 is a cloud's metadata service";
    await expect(send("http://169.254.169.254/latest/meta-data")).rejects.toMatchObject({
      kind: "address",
      sent: false,
      message,
    });
  });

  test("a name that leads to a refused address, whatever it led to before", async () => {
    let asked = 0;
    const port = await listen(
      createServer((_incoming, response) => {
        asked += 1;
        response.setHeader("connection", "close").end("ok");
      }),
    );
    const url = `http://storage.example:${port}/`;
    let leadsTo = ["127.0.0.1"];
    vi.spyOn(dns, "lookup").mockImplementation(((
      _name: string,
      _options: object,
      callback: (error: null, found: object[]) => void,
    ) =>
      callback(
        null,
        leadsTo.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )) as typeof dns.lookup);
    expect((await send(url)).text).toBe("ok");
    for (leadsTo of [["169.254.169.254"], ["127.0.0.1", "fe80::1"], ["0.0.0.0"]]) {
      await expect(send(url)).rejects.toMatchObject({
        kind: "address",
        sent: false,
        message: /^storage\.example leads to \S+, which is /,
      });
    }
    expect(asked).toBe(1);
  });
});

describe.skipIf(!HAS_OPENSSL)("certificates", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-tls-"));
    symlinkSync(join(import.meta.dirname, "../../../node_modules"), join(folder, "node_modules"));
    const contents = `
      import { sendOutbound } from "@/lib/platform/net/outbound";
      const request = { method: "PUT", body: "x", signal: AbortSignal.timeout(10_000), maxBytes: 1_000 };
      const answer = await sendOutbound(new URL(process.argv[2]), request).catch((error) => ({ text: error.sent + " " + error.message }));
      console.log(answer.text);
      process.exit();`;
    await build({
      stdin: { contents, resolveDir: folder },
      outfile: join(folder, "ask.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      alias: { "@": join(import.meta.dirname, "../../..") },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A server with a certificate of its own, what it was asked, and a process that trusts it asking it. */
  const serveTls = async (name: string, endsInDays: number) => {
    const { key, cert } = makeCertificate(name, endsInDays);
    const asked: string[] = [];
    const port = await listen(
      createTlsServer({ key, cert }, (incoming, response) => {
        asked.push(incoming.url ?? "");
        response.end("ok");
      }),
    );
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, cert);
    const url = `https://127.0.0.1:${port}/`;
    const environment = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
    const askTrusting = async () =>
      (await run(process.execPath, [join(folder, "ask.mjs"), url], { env: environment })).stdout.trim();
    return { asked, url, askTrusting };
  };

  test("one that nobody vouches for is named, and nothing is sent", async () => {
    const { asked, url } = await serveTls("IP:127.0.0.1", 2);
    const message = `the certificate of ${new URL(url).host} is signed by itself, which a file in NODE_EXTRA_CA_CERTS can make trusted`;
    await expect(send(url, { method: "PUT", body: "x" })).rejects.toMatchObject({
      kind: "certificate",
      sent: false,
      message,
    });
    expect(asked).toEqual([]);
  });

  test("a private CA in NODE_EXTRA_CA_CERTS is trusted", async () => {
    expect(await (await serveTls("IP:127.0.0.1", 2)).askTrusting()).toBe("ok");
  });

  test.each([
    ["expired", "IP:127.0.0.1", -1, /^false the certificate of 127\.0\.0\.1:\d+ has expired$/],
    ["for another name", "DNS:storage.example", 2, /^false the certificate of 127\.0\.0\.1:\d+ is for another name$/],
  ])("one that is %s is called so, and nothing is sent", async (_name, subject, endsInDays, message) => {
    const { asked, askTrusting } = await serveTls(subject, endsInDays);
    expect(await askTrusting()).toMatch(message);
    expect(asked).toEqual([]);
  });

  test("https where http is spoken, and http where https is", async () => {
    const plain = await serve((_incoming, response) => response.end("ok"));
    await expect(send(plain.replace("http:", "https:"))).rejects.toMatchObject({
      sent: false,
      message: expect.stringMatching(/does not speak TLS/),
    });
    const { url } = await serveTls("IP:127.0.0.1", 2);
    await expect(send(url.replace("https:", "http:"))).rejects.toMatchObject({ kind: "broken" });
  });
});
