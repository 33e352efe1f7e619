import { createHash, randomBytes, randomInt } from "node:crypto";
import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedChunks } from "@/testing/builtin-s3/chunk-signing";
import { presign, type RawRequest, send, sendSigned, signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let pair: Pair;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket" });
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
});

const sha256 = (body: Buffer) => createHash("sha256").update(body).digest("base64");
const signed = (raw: RawRequest, payloadHash?: string): RawRequest => ({
  ...raw,
  headers: signHeaders(server.endpoint(), pair, raw, { payloadHash }),
});

/** Every way in which a body's integrity is vouched for. */
const KINDS: Record<string, (target: string, body: Buffer) => RawRequest> = {
  "a hash": (target, body) => signed({ method: "PUT", target, body }),
  "signed chunks": (target, body) => signedChunks(server.endpoint(), pair, target, body, false),
  "signed chunks and a signed trailer": (target, body) => signedChunks(server.endpoint(), pair, target, body, true),
  "unsigned chunks and a trailer": (target, body) => {
    const headers = {
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": String(body.length),
      "x-amz-trailer": "x-amz-checksum-sha256",
    };
    const wire = Buffer.concat([
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from(`\r\n0\r\nx-amz-checksum-sha256:${sha256(body)}\r\n\r\n`),
    ]);
    return { ...signed({ method: "PUT", target, headers }, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), body: wire };
  },
  "a checksum": (target, body) =>
    signed({ method: "PUT", target, body, headers: { "x-amz-checksum-sha256": sha256(body) } }, "UNSIGNED-PAYLOAD"),
};

describe.each(Object.entries(KINDS))("a body with %s", (name, make) => {
  it("is stored as it was or not at all, whichever bit is changed: 400 bodies", async () => {
    const folder = name.replaceAll(" ", "-");
    let accepted = 0;
    const one = async (_: unknown, index: number) => {
      const body = randomBytes(randomInt(1, 400));
      const raw = make(`/bucket/${folder}/${index}`, body);
      const wire = Buffer.from(raw.body ?? "");
      const at = randomInt(wire.length);
      wire[at] = (wire[at] ?? 0) ^ (1 << randomInt(8));
      const answer = await send(server.endpoint(), { ...raw, body: wire, agent });
      if (answer.status >= 400) return;
      // Some bits of the framing mean nothing, such as the case of a trailer's name; the object is the one meant.
      expect(answer.headers.etag, `byte ${at} of ${wire.toString("latin1")}`).toBe(
        `"${createHash("md5").update(body).digest("hex")}"`,
      );
      accepted += 1;
    };
    for (let round = 0; round < 50; round += 1)
      await Promise.all(Array.from({ length: 8 }, (_, index) => one(_, round * 8 + index)));
    const listed = await sendSigned(server.endpoint(), pair, { target: `/bucket?list-type=2&prefix=${folder}/` });
    expect(listed.body.match(/<Key>/g) ?? []).toHaveLength(accepted);
    expect(accepted).toBeLessThan(name.includes("trailer") ? 60 : 5);
    const body = randomBytes(1000);
    expect((await send(server.endpoint(), make(`/bucket/${folder}`, body))).status).toBe(200);
    expect(
      (await sendSigned(server.endpoint(), pair, { method: "HEAD", target: `/bucket/${folder}` })).headers,
    ).toMatchObject({ etag: `"${createHash("md5").update(body).digest("hex")}"`, "content-length": "1000" });
  });
});

describe("a presigned URL", () => {
  const get = (target: string) => send(server.endpoint(), { target });
  const WEEK = 7 * 24 * 3600;

  it("is good for a week at most, and not a second longer than it says", async () => {
    await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket/k", body: "shared" });
    const url = (expires: number, ago: number) =>
      presign(server.endpoint(), pair, { target: "/bucket/k" }, { expires, now: Date.now() - ago * 1000 });
    expect(await get(url(WEEK, 0))).toMatchObject({ status: 200, body: "shared" });
    expect((await get(url(WEEK, WEEK - 5))).status).toBe(200);
    expect(await get(url(WEEK, WEEK + 2))).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await get(url(60, 62))).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await get(url(WEEK + 1, 0))).toMatchObject({ status: 400, code: "AuthorizationQueryParametersError" });
    expect(await get(url(60, -20 * 60))).toMatchObject({ status: 403, code: "AccessDenied" });
    expect((await get(url(60, -10 * 60))).status).toBe(200);
    expect(await get(url(60, 0).replace("X-Amz-Expires=60", "X-Amz-Expires=600"))).toMatchObject({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
    const put = presign(server.endpoint(), pair, { method: "PUT", target: "/bucket/p" }, { expires: 60 });
    expect((await send(server.endpoint(), { method: "PUT", target: put, body: "put" })).status).toBe(200);
    expect((await get(put)).code).toBe("SignatureDoesNotMatch");
  });

  it("may say with which headers the object is answered, on GET and HEAD", async () => {
    const wanted = {
      "cache-control": "no-store",
      "content-disposition": 'attachment; filename="ü.txt"',
      "content-encoding": "identity",
      "content-language": "de",
      "content-type": "text/other",
      expires: "Thu, 01 Dec 2099 16:00:00 GMT",
    };
    const query = Object.entries(wanted)
      .map(([name, value]) => `response-${name}=${encodeURIComponent(Buffer.from(value).toString("latin1"))}`)
      .join("&");
    for (const method of ["GET", "HEAD"]) {
      const target = presign(server.endpoint(), pair, { method, target: `/bucket/k?${query}` }, { expires: 60 });
      const { status, headers } = await send(server.endpoint(), { method, target });
      expect(status).toBe(200);
      for (const [name, value] of Object.entries(wanted))
        expect(Buffer.from(String(headers[name]), "latin1").toString(), name).toBe(value);
    }
    const broken = presign(
      server.endpoint(),
      pair,
      { target: "/bucket/k?response-content-type=a%0D%0Ax-injected:1" },
      { expires: 60 },
    );
    expect(await get(broken)).toMatchObject({ status: 400, code: "InvalidArgument" });
  });

  it.each([
    ["x-amz-copy-source", "/bucket/k"],
    ["x-amz-acl", "private"],
    ["x-amz-checksum-crc32", "NhCmhg=="],
    ["x-amz-content-sha256", "UNSIGNED-PAYLOAD"],
    ["x-amz-expected-bucket-owner", "demo"],
    ["x-amz-meta-a", "1"],
    ["x-amz-metadata-directive", "REPLACE"],
    ["x-amz-storage-class", "STANDARD"],
    ["x-amz-tagging", "a=1"],
    ["x-amz-unknown", "1"],
  ])("to PUT is refused with the header %s that was not signed", async (name, value) => {
    await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket/k", body: "private" });
    for (const header of [name, name.toUpperCase()]) {
      const target = presign(server.endpoint(), pair, { method: "PUT", target: "/bucket/stolen" }, { expires: 60 });
      const raw = { method: "PUT", target, headers: { [header]: value } };
      expect(await send(server.endpoint(), raw), header).toMatchObject({ status: 403, code: "AccessDenied" });
    }
    expect((await sendSigned(server.endpoint(), pair, { target: "/bucket/stolen" })).code).toBe("NoSuchKey");
  });

  it("of an old signature version is refused as S3 refuses it", async () => {
    expect(await get(`/bucket/k?AWSAccessKeyId=${pair.accessKeyId}&Expires=4000000000&Signature=x`)).toMatchObject({
      status: 400,
      code: "InvalidRequest",
    });
  });
});
