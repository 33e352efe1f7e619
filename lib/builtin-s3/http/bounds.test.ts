import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, sendSigned, signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";
import { createListener, listen, type RequestHandler, stopListening } from "./listener";
import { readAtPace } from "./pace";

let server: TestServer;
let pair: Pair;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket" });
});
afterAll(() => server.stop());

const put = (headers: Record<string, string>, body: Buffer | string = "hello", payloadHash?: string) =>
  sendSigned(
    server.endpoint(),
    pair,
    { method: "PUT", target: "/bucket/k", headers, body },
    payloadHash === undefined ? {} : { payloadHash },
  );
const base64 = (algorithm: string, text: string) => createHash(algorithm).update(text).digest("base64");

describe("what was said about a body", () => {
  it("must be true, or nothing is stored", async () => {
    expect(await put({ "content-md5": base64("md5", "hellO") })).toMatchObject({ status: 400, code: "BadDigest" });
    expect(await put({ "content-md5": "short" })).toMatchObject({ status: 400, code: "InvalidDigest" });
    expect(await put({ "x-amz-checksum-sha256": base64("sha256", "hellO") })).toMatchObject({
      status: 400,
      code: "BadDigest",
    });
    expect(await put({ "x-amz-checksum-crc32": "AAAA" })).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(await put({ "x-amz-checksum-crc32": "NhCmhg==", "x-amz-checksum-crc32c": "mnG7TA==" })).toMatchObject({
      status: 400,
      code: "InvalidRequest",
    });
    expect(await put({}, "hello", createHash("sha256").update("hellO").digest("hex"))).toMatchObject({
      status: 400,
      code: "XAmzContentSHA256Mismatch",
    });
    expect(await put({}, "hello", "nonsense")).toMatchObject({ status: 400, code: "InvalidArgument" });
    expect((await sendSigned(server.endpoint(), pair, { target: "/bucket/k" })).code).toBe("NoSuchKey");
    expect(
      (
        await put(
          { "content-md5": base64("md5", "hello"), "x-amz-checksum-crc32": "NhCmhg==" },
          "hello",
          "UNSIGNED-PAYLOAD",
        )
      ).headers["x-amz-checksum-crc32"],
    ).toBe("NhCmhg==");
  });

  it("holds for unsigned chunks with a trailer too", async () => {
    const chunked = (trailer: string, length = "5", announced = "x-amz-checksum-crc32") =>
      put(
        { "content-encoding": "aws-chunked", "x-amz-decoded-content-length": length, "x-amz-trailer": announced },
        `3\r\nhel\r\n2\r\nlo\r\n0\r\n${trailer}\r\n`,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      );
    expect(await chunked("x-amz-checksum-crc32:NhCmhw==\r\n")).toMatchObject({ status: 400, code: "BadDigest" });
    expect(await chunked("")).toMatchObject({ status: 400, code: "MalformedTrailerError" });
    expect(await chunked("x-amz-checksum-sha1:AAAA\r\n")).toMatchObject({ status: 400, code: "MalformedTrailerError" });
    expect(await chunked("x-amz-checksum-crc32:NhCmhg==\r\n", "4")).toMatchObject({
      status: 400,
      code: "IncompleteBody",
    });
    expect(await chunked("x-amz-checksum-crc32:NhCmhg==\r\n", "6")).toMatchObject({
      status: 400,
      code: "IncompleteBody",
    });
    expect(await chunked("x-amz-checksum-crc32:NhCmhg==\r\n", "5", "x-amz-meta-a")).toMatchObject({
      status: 400,
      code: "InvalidRequest",
    });
    expect(await chunked("x-amz-checksum-crc32:NhCmhg==\r\n")).toMatchObject({ status: 200 });
    expect((await sendSigned(server.endpoint(), pair, { target: "/bucket/k" })).body).toBe("hello");
  });

  it("is refused with an answer also while most of a large body is still to come", async () => {
    const wrong = Buffer.from(`10000;chunk-signature=${"0".repeat(64)}\r\n${"x".repeat(0x10000)}\r\n`);
    const body = Buffer.concat([wrong, Buffer.alloc(20_000_000)]);
    const headers = { "content-encoding": "aws-chunked", "x-amz-decoded-content-length": "20000000" };
    expect(await put(headers, body, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")).toMatchObject({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
    expect(
      (
        await sendSigned(
          server.endpoint(),
          { ...pair, secretAccessKey: "0".repeat(40) },
          { method: "PUT", target: "/bucket/k", body: Buffer.alloc(20_000_000) },
        )
      ).code,
    ).toBe("SignatureDoesNotMatch");
  });

  it("leaves no file behind when it is false or cut off", async () => {
    const { hostname, port } = new URL(server.endpoint());
    const body = Buffer.alloc(3_000_000);
    const outgoing = request({
      hostname,
      port,
      method: "PUT",
      path: "/bucket/cut",
      headers: {
        ...signHeaders(server.endpoint(), pair, { method: "PUT", target: "/bucket/cut", body }),
        "content-length": body.length,
      },
    });
    outgoing.on("error", () => undefined);
    await new Promise<void>((written) => outgoing.write(body.subarray(0, 2_000_000), () => written()));
    outgoing.destroy();
    const { readdir } = await import("node:fs/promises");
    await expect.poll(() => readdir(`${server.dataDir}/s3/north/incoming`)).toEqual([]);
    expect((await sendSigned(server.endpoint(), pair, { target: "/bucket/cut" })).code).toBe("NoSuchKey");
  });
});

describe("bounds", () => {
  it("refuse bodies that are too large before they are read, and those of unknown length", async () => {
    const headers = signHeaders(
      server.endpoint(),
      pair,
      { method: "PUT", target: "/bucket/k" },
      { payloadHash: "UNSIGNED-PAYLOAD" },
    );
    const large = { ...headers, "content-length": String(5 * 1024 ** 3 + 1), expect: "100-continue" };
    const { hostname, port } = new URL(server.endpoint());
    const outgoing = request({ hostname, port, method: "PUT", path: "/bucket/k", headers: large });
    outgoing.on("error", () => undefined);
    outgoing.flushHeaders();
    const [incoming] = (await once(outgoing, "response")) as [{ statusCode: number }];
    expect(incoming.statusCode).toBe(400);
    outgoing.destroy();
    const chunked = request({
      hostname,
      port,
      method: "PUT",
      path: "/bucket/k",
      headers: { ...headers, "transfer-encoding": "chunked" },
    });
    chunked.end("x");
    const [answer] = (await once(chunked, "response")) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(411);
    chunked.destroy();
  });

  it("refuse XML that is too large, malformed, or brings a DTD", async () => {
    const post = (body: string) =>
      sendSigned(server.endpoint(), pair, { method: "POST", target: "/bucket?delete", body });
    expect(await post(`<Delete><Object><Key>${"k".repeat(5 * 1024 * 1024)}</Key></Object></Delete>`)).toMatchObject({
      status: 400,
      code: /EntityTooLarge|MaxMessageLengthExceeded/,
    });
    const bomb =
      '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>';
    for (const body of [
      "",
      "x",
      "<Delete>",
      "<Delete><Object/></Delete>",
      "<Other/>",
      bomb,
      `<Delete>${"<Object><Key>k</Key></Object>".repeat(1001)}</Delete>`,
    ]) {
      expect(await post(body), body.slice(0, 40)).toMatchObject({ status: 400, code: "MalformedXML" });
    }
    await put({}, "hello");
    expect(
      (await post("<Delete><Object><Key>a&amp;b&#x41;</Key></Object><Object><Key> 007 </Key></Object></Delete>")).body,
    ).toMatch(/<Key>a&amp;bA<\/Key>.*<Key> 007 <\/Key>/);
  });

  it("refuse metadata and headers that are too large", async () => {
    expect(await put({ "x-amz-meta-large": "v".repeat(9000) })).toMatchObject({ code: "MetadataTooLarge" });
    const answer = await send(server.endpoint(), { target: "/", headers: { "x-large": "v".repeat(40_000) } }).catch(
      (reason: unknown) => reason,
    );
    expect(answer).toMatchObject({ status: 431 });
  });

  it("refuse times more than 15 minutes off", async () => {
    for (const minutes of [-16, 16])
      expect(
        await sendSigned(server.endpoint(), pair, { target: "/" }, { now: Date.now() + minutes * 60_000 }),
      ).toMatchObject({ status: 403, code: "RequestTimeTooSkewed" });
    for (const minutes of [-14, 14])
      expect(
        (await sendSigned(server.endpoint(), pair, { target: "/" }, { now: Date.now() + minutes * 60_000 })).status,
      ).toBe(200);
  });

  it("keep the server answering whatever is thrown at it", async () => {
    const { hostname, port } = new URL(server.endpoint());
    for (const bytes of [
      "\r\n\r\n",
      "GET / HTTP/9\r\n\r\n",
      "GET http://x/ HTTP/1.1\r\nhost: x\r\n\r\n",
      "\0\0\0",
      `GET /${"a".repeat(70_000)} HTTP/1.1\r\n\r\n`,
      "CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    ]) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      socket.end(bytes);
      socket.resume();
      await once(socket, "close");
    }
    expect((await sendSigned(server.endpoint(), pair, { target: "/" })).status).toBe(200);
  });
});

it("lets go of a client that does not finish its headers, does not read its answer, or asks for nothing more", async () => {
  const answered: string[] = [];
  const handle: RequestHandler = async (incoming, response) => {
    answered.push(incoming.url ?? "");
    response.end(incoming.url === "/large" ? Buffer.alloc(50_000_000) : "short");
  };
  const listener = createListener(handle, { headersMs: 200, idleMs: 300, keepAliveMs: 200, checkEveryMs: 50 });
  const port = await listen(listener, 0, "127.0.0.1", "a test");
  for (const bytes of [
    "GET / HTTP/1.1\r\nhost: x\r\n",
    "GET /large HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /short HTTP/1.1\r\nhost: x\r\n\r\n",
  ]) {
    const gone = new Promise((resolve) =>
      listener.once("connection", (accepted: Socket) => accepted.once("close", resolve)),
    );
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(bytes);
    if (!bytes.includes("large")) socket.resume();
    await gone;
    socket.destroy();
  }
  expect(answered).toEqual(["/large", "/short"]);
  await stopListening(listener, 100);
});

it("lets go of a client that sends too slowly, and still answers it", async () => {
  const outcomes: unknown[] = [];
  const slow = createServer((incoming, response) => {
    void (async () => {
      try {
        for await (const piece of readAtPace(incoming, 1000, { idleMs: 60, baseMs: 200, bytesPerMs: 1000 }))
          outcomes.push(piece.length);
      } catch (reason) {
        outcomes.push(reason);
      }
      response.end("answered");
    })();
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  const { port } = slow.address() as { port: number };
  for (const every of [1000, 20]) {
    const outgoing = request({ port, host: "127.0.0.1", method: "PUT", headers: { "content-length": 1000 } });
    const timer = setInterval(() => outgoing.write("x"), every);
    outgoing.write("x");
    const [incoming] = (await once(outgoing, "response")) as [{ statusCode: number }];
    clearInterval(timer);
    expect(incoming.statusCode).toBe(200);
    expect(outcomes.pop()).toMatchObject({ code: "RequestTimeout" });
    outgoing.on("error", () => undefined);
    outgoing.destroy();
  }
  slow.closeAllConnections();
  slow.close();
});
