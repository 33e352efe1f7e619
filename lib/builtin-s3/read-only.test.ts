import { request } from "node:http";
import { CreateBucketCommand, CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedForm } from "@/testing/builtin-s3/form";
import { presign, send, sendSigned, signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let reader: Pair;
let writer: Pair;
let uploadId: string;

beforeAll(async () => {
  server = await TestServer.start();
  writer = await server.addKey("demo");
  reader = await server.addReadOnlyKey("demo");
  const client = server.client(writer);
  await client.send(new CreateBucketCommand({ Bucket: "stock" }));
  await client.send(new PutObjectCommand({ Bucket: "stock", Key: "kept", Body: "content" }));
  const upload = await client.send(new CreateMultipartUploadCommand({ Bucket: "stock", Key: "parts" }));
  uploadId = upload.UploadId ?? "";
});
afterAll(() => server.stop());

const REFUSED = {
  status: 403,
  code: "AccessDenied",
  body: expect.stringContaining("<Message>This access key is read-only.</Message>") as unknown,
};
const readKept = async () => (await sendSigned(server.endpoint(), writer, { target: "/stock/kept" })).body;

describe("a read-only key", () => {
  it.each([
    ["GET", "/"],
    ["HEAD", "/stock"],
    ["GET", "/stock?list-type=2"],
    ["GET", "/stock?uploads"],
    ["GET", "/stock/kept"],
    ["HEAD", "/stock/kept"],
    ["GET", "/stock/kept?tagging"],
  ])("may %s %s", async (method, target) => {
    expect(await sendSigned(server.endpoint(), reader, { method, target })).toMatchObject({ status: 200 });
  });

  it.each([
    ["PUT", "/other", ""],
    ["PUT", "/stock/kept", "other"],
    ["PUT", "/stock/kept?tagging", "<Tagging><TagSet></TagSet></Tagging>"],
    ["PUT", "/stock?acl", ""],
    ["PUT", "/stock?tagging", "<Tagging><TagSet></TagSet></Tagging>"],
    ["PUT", "/stock?versioning", ""],
    ["PUT", "/stock/parts?partNumber=1&uploadId=ID", "part"],
    ["POST", "/stock?delete", "<Delete><Object><Key>kept</Key></Object></Delete>"],
    ["POST", "/stock/more?uploads", ""],
    ["POST", "/stock/parts?uploadId=ID", "<CompleteMultipartUpload></CompleteMultipartUpload>"],
    ["DELETE", "/stock/kept", ""],
    ["DELETE", "/stock/kept?tagging", ""],
    ["DELETE", "/stock/parts?uploadId=ID", ""],
    ["DELETE", "/stock", ""],
    ["PATCH", "/stock/kept", ""],
    ["OPTIONS", "/stock/kept", ""],
  ])("may not %s %s", async (method, route, body) => {
    const target = route.replace("ID", uploadId);
    expect(await sendSigned(server.endpoint(), reader, { method, target, body })).toMatchObject(REFUSED);
    expect(await readKept()).toBe("content");
    const uploads = await sendSigned(server.endpoint(), writer, { target: "/stock?uploads" });
    expect(uploads.body.match(/<UploadId>/g)).toHaveLength(1);
  });

  it("may not copy an object onto another", async () => {
    const headers = { "x-amz-copy-source": "/stock/kept" };
    expect(
      await sendSigned(server.endpoint(), reader, { method: "PUT", target: "/stock/copy", headers }),
    ).toMatchObject(REFUSED);
    expect((await sendSigned(server.endpoint(), writer, { target: "/stock/copy" })).status).toBe(404);
  });

  it("signs URLs for reading only", async () => {
    const presigned = (method: string) =>
      presign(server.endpoint(), reader, { method, target: "/stock/kept" }, { expires: 60 });
    expect(await send(server.endpoint(), { target: presigned("GET") })).toMatchObject({ status: 200, body: "content" });
    for (const method of ["PUT", "DELETE"])
      expect(await send(server.endpoint(), { method, target: presigned(method) })).toMatchObject(REFUSED);
    expect(await readKept()).toBe("content");
  });

  it("signs no upload form", async () => {
    const form = (pair: Pair) => send(server.endpoint(), signedForm(pair, "north-1", { bucket: "stock" }));
    expect(await form(reader)).toMatchObject(REFUSED);
    expect((await sendSigned(server.endpoint(), writer, { target: "/stock/file.txt" })).status).toBe(404);
    expect((await form(writer)).status).toBe(204);
  });

  it("is refused before a client that waits with its body is invited to send it", async () => {
    const raw = { method: "PUT", target: "/stock/kept", body: "x".repeat(100_000) };
    const { hostname, port } = new URL(server.endpoint());
    const headers = {
      ...signHeaders(server.endpoint(), reader, raw),
      "content-length": raw.body.length,
      expect: "100-continue",
    };
    let invited = false;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request({ hostname, port, method: "PUT", path: raw.target, headers });
      outgoing.on("continue", () => (invited = true));
      outgoing.on("response", (answer) => {
        resolve(answer.statusCode);
        outgoing.destroy();
      });
      outgoing.on("error", reject);
      outgoing.flushHeaders();
    });
    expect({ status, invited }).toEqual({ status: 403, invited: false });
  });

  it("is not called read-only to somebody without its secret, and not after its removal", async () => {
    const key = await server.addReadOnlyKey("demo");
    const put = (pair: Pair) => sendSigned(server.endpoint(), pair, { method: "PUT", target: "/stock/kept" });
    expect(await put({ ...key, secretAccessKey: "x".repeat(40) })).toMatchObject({ code: "SignatureDoesNotMatch" });
    await server.admin("DELETE", `/regions/north/accounts/demo/keys/${key.accessKeyId}`);
    expect(await put(key)).toMatchObject({ code: "InvalidAccessKeyId" });
  });

  it("stays read-only over a restart", async () => {
    await server.restart();
    expect(await sendSigned(server.endpoint(), reader, { method: "DELETE", target: "/stock/kept" })).toMatchObject(
      REFUSED,
    );
    expect(await readKept()).toBe("content");
  });
});
