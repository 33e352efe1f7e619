import { Agent, request } from "node:http";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send, sendSigned, signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, randomPair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.client(await server.addKey("demo")).send(new CreateBucketCommand({ Bucket: "demo-bucket" }));
});
afterAll(() => server.stop());

const keyRoute = (pair: Pair) => `/regions/north/accounts/demo/keys/${pair.accessKeyId}`;

interface Tally {
  before: number;
  accepted: number;
  refused: number;
}

/** One busy client on one connection, until it has been refused 5 times. */
async function keepBusy(pair: Pair, removed: () => boolean, tally: Tally, index: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const raws = [
    { target: "/" },
    { method: "PUT", target: `/demo-bucket/busy-${index}`, body: "x" },
    { target: `/demo-bucket?list-type=2` },
  ];
  let refusals = 0;
  for (let turn = 0; refusals < 5; turn += 1) {
    const startedAfter = removed();
    const raw = raws[turn % raws.length] ?? { target: "/" };
    const answer = await send(server.endpoint(), { ...raw, headers: signHeaders(server.endpoint(), pair, raw), agent });
    if (answer.status === 200) {
      if (startedAfter) tally.accepted += 1;
      else tally.before += 1;
      continue;
    }
    expect(answer).toMatchObject({ status: 403, code: "InvalidAccessKeyId" });
    if (startedAfter) tally.refused += 1;
    refusals += startedAfter ? 1 : 0;
  }
  agent.destroy();
}

it.each<[string, number, (pair: Pair) => Promise<void>]>([
  ["removed", 50, async (pair: Pair) => void (await server.admin("DELETE", keyRoute(pair)))],
  ["deactivated", 10, async (pair: Pair) => void (await server.admin("PATCH", keyRoute(pair), { state: "inactive" }))],
  [
    "ended",
    10,
    async (pair: Pair) => void (await server.admin("PATCH", keyRoute(pair), { notAfter: "2020-01-01T00:00:00Z" })),
  ],
  [
    "replaced",
    50,
    async (pair: Pair) => {
      await server.admin("DELETE", keyRoute(pair));
      await server.addKey("demo", randomPair());
    },
  ],
])("accepts nothing from 8 busy connections once their key is %s, %d rounds", async (_name, rounds, revoke) => {
  const tally: Tally = { before: 0, accepted: 0, refused: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const pair = await server.addKey("demo");
    let removed = false;
    const busy = Array.from({ length: 8 }, (_, index) => keepBusy(pair, () => removed, tally, index));
    const goal = tally.before + 16;
    await expect.poll(() => tally.before >= goal, { interval: 1 }).toBe(true);
    await revoke(pair);
    removed = true;
    await Promise.all(busy);
  }
  expect(tally.accepted).toBe(0);
  expect(tally.refused).toBe(rounds * 8 * 5);
});

/** Begins a PUT and gives a function that sends the rest of its body. */
function beginUpload(pair: Pair, target: string, body: Buffer, expectContinue: boolean) {
  const { hostname, port } = new URL(server.endpoint());
  const headers = {
    ...signHeaders(server.endpoint(), pair, { method: "PUT", target, body }),
    "content-length": body.length,
    ...(expectContinue ? { expect: "100-continue" } : {}),
  };
  const outgoing = request({ hostname, port, method: "PUT", path: target, headers });
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      let text = "";
      incoming.on("data", (piece: Buffer) => (text += piece.toString("utf8")));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
  });
  const half = body.length / 2;
  const sendHalf = async () => {
    if (expectContinue) await new Promise((resume) => outgoing.on("continue", resume));
    await new Promise<void>((written) => outgoing.write(body.subarray(0, half), () => written()));
  };
  return { answer, sent: sendHalf(), finish: () => outgoing.end(body.subarray(half)) };
}

it.each([false, true])(
  "refuses at its end an upload that was running when its key was removed (expect-continue: %s)",
  async (expectContinue) => {
    const pair = await server.addKey("demo");
    const survivor = await server.addKey("demo");
    const upload = beginUpload(pair, "/demo-bucket/running", Buffer.alloc(2_000_000, 1), expectContinue);
    await upload.sent;
    await server.admin("DELETE", keyRoute(pair));
    upload.finish();
    expect(await upload.answer).toMatchObject({
      status: 403,
      text: expect.stringContaining("InvalidAccessKeyId") as unknown,
    });
    expect(await sendSigned(server.endpoint(), survivor, { target: "/demo-bucket/running" })).toMatchObject({
      status: 404,
      code: "NoSuchKey",
    });
  },
);

it("refuses a running upload also when the same pair was put back meanwhile: that is another key", async () => {
  const pair = await server.addKey("demo");
  const upload = beginUpload(pair, "/demo-bucket/returned", Buffer.alloc(100_000, 1), true);
  await upload.sent;
  await server.admin("DELETE", keyRoute(pair));
  await server.addKey("demo", pair);
  upload.finish();
  expect((await upload.answer).status).toBe(403);
  expect((await sendSigned(server.endpoint(), pair, { target: "/" })).status).toBe(200);
});

it("does not let a multipart upload be completed with a removed key; another key of the account may", async () => {
  const pair = await server.addKey("demo");
  const client = server.client(pair);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: "demo-bucket", Key: "multi" }));
  const { ETag } = await client.send(
    new UploadPartCommand({ Bucket: "demo-bucket", Key: "multi", UploadId, PartNumber: 1, Body: "part" }),
  );
  await server.admin("DELETE", keyRoute(pair));
  const raw = {
    method: "POST",
    target: `/demo-bucket/multi?uploadId=${UploadId}`,
    body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${ETag}</ETag></Part></CompleteMultipartUpload>`,
  };
  expect(await sendSigned(server.endpoint(), pair, raw)).toMatchObject({ status: 403, code: "InvalidAccessKeyId" });
  expect((await sendSigned(server.endpoint(), await server.addKey("demo"), raw)).status).toBe(200);
});

it("kills presigned URLs with their key", async () => {
  const { HttpRequest } = await import("@smithy/protocol-http");
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { Hash } = await import("@smithy/core/serde");
  const pair = await server.addKey("demo");
  await server.client(pair).send(new PutObjectCommand({ Bucket: "demo-bucket", Key: "shared", Body: "shared" }));
  const { hostname, port, host } = new URL(server.endpoint());
  const signer = new SignatureV4({
    credentials: pair,
    region: "north-1",
    service: "s3",
    sha256: Hash.bind(null, "sha256"),
    uriEscapePath: false,
    applyChecksum: false,
  });
  const presign = async (method: string, query: Record<string, string> = {}) => {
    const signed = await signer.presign(
      new HttpRequest({
        method,
        protocol: "http:",
        hostname,
        port: Number(port),
        path: "/demo-bucket/shared",
        query,
        headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
      }),
      { expiresIn: 600 },
    );
    return `${signed.path}?${new URLSearchParams(signed.query as Record<string, string>).toString().replaceAll("+", "%20")}`;
  };
  const get = await presign("GET", {
    "response-content-type": "text/special",
    "response-content-disposition": 'attachment; filename="a b.txt"',
  });
  const put = await presign("PUT");
  expect(await send(server.endpoint(), { target: get })).toMatchObject({
    status: 200,
    body: "shared",
    headers: { "content-type": "text/special", "content-disposition": 'attachment; filename="a b.txt"' },
  });
  expect((await send(server.endpoint(), { method: "PUT", target: put, body: "anew" })).status).toBe(200);
  expect((await send(server.endpoint(), { target: get })).body).toBe("anew");
  expect((await send(server.endpoint(), { method: "PUT", target: get, body: "x" })).code).toBe("SignatureDoesNotMatch");
  expect(
    (await send(server.endpoint(), { method: "PUT", target: put, body: "x", headers: { "x-amz-acl": "private" } }))
      .code,
  ).toBe("AccessDenied");
  await server.admin("DELETE", keyRoute(pair));
  expect(await send(server.endpoint(), { target: get })).toMatchObject({ status: 403, code: "InvalidAccessKeyId" });
  expect(await send(server.endpoint(), { method: "PUT", target: put, body: "x" })).toMatchObject({
    status: 403,
    code: "InvalidAccessKeyId",
  });
});
