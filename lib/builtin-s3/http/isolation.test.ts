import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListBucketsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postForm, signedForm } from "@/testing/builtin-s3/form";
import { type RawRequest, send, sendSigned } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let owner: Pair;
let stranger: Pair;
let uploadId = "";

beforeAll(async () => {
  server = await TestServer.start();
  [owner, stranger] = [await server.addKey("owner"), await server.addKey("stranger")];
  const mine = server.client(owner);
  await mine.send(new CreateBucketCommand({ Bucket: "owned" }));
  await mine.send(new PutObjectCommand({ Bucket: "owned", Key: "secret.txt", Body: "mine" }));
  uploadId = (await mine.send(new CreateMultipartUploadCommand({ Bucket: "owned", Key: "multi" }))).UploadId ?? "";
  await mine.send(
    new UploadPartCommand({ Bucket: "owned", Key: "multi", UploadId: uploadId, PartNumber: 1, Body: "mine" }),
  );
  await server.client(stranger).send(new CreateBucketCommand({ Bucket: "strange" }));
});
afterAll(() => server.stop());

/** Every operation there is, aimed at the owner's bucket. */
function operations(): RawRequest[] {
  const bucketQueries = [
    "",
    "list-type=2",
    "location",
    "versioning",
    "versions",
    "acl",
    "tagging",
    "uploads",
    "policy",
    "cors",
    "lifecycle",
    "encryption",
    "website",
    "object-lock",
    "replication",
    "logging",
    "notification",
    "requestPayment",
    "accelerate",
    "ownershipControls",
    "publicAccessBlock",
    "policyStatus",
  ];
  const tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
  const copy = { "x-amz-copy-source": "/strange/k" };
  return [
    ...bucketQueries.map((query) => ({ target: `/owned?${query}` })),
    { method: "HEAD", target: "/owned" },
    { method: "DELETE", target: "/owned" },
    { method: "PUT", target: "/owned?acl" },
    { method: "PUT", target: "/owned?tagging", body: tags },
    { method: "DELETE", target: "/owned?tagging" },
    { method: "POST", target: "/owned?delete", body: "<Delete><Object><Key>secret.txt</Key></Object></Delete>" },
    ...["", "?acl", "?attributes", "?tagging", "?partNumber=1", `?uploadId=${uploadId}`].map((query) => ({
      target: `/owned/secret.txt${query}`,
    })),
    { method: "HEAD", target: "/owned/secret.txt" },
    { method: "PUT", target: "/owned/secret.txt", body: "theirs" },
    { method: "PUT", target: "/owned/new.txt", body: "theirs" },
    { method: "PUT", target: "/owned/secret.txt", headers: copy },
    { method: "PUT", target: "/owned/secret.txt?acl" },
    { method: "PUT", target: "/owned/secret.txt?tagging", body: tags },
    { method: "DELETE", target: "/owned/secret.txt" },
    { method: "DELETE", target: "/owned/secret.txt?tagging" },
    { method: "POST", target: "/owned/multi?uploads" },
    { method: "PUT", target: `/owned/multi?partNumber=1&uploadId=${uploadId}`, body: "theirs" },
    { method: "PUT", target: `/owned/multi?partNumber=2&uploadId=${uploadId}`, headers: copy },
    { target: `/owned/multi?uploadId=${uploadId}` },
    {
      method: "POST",
      target: `/owned/multi?uploadId=${uploadId}`,
      body: "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
    },
    { method: "DELETE", target: `/owned/multi?uploadId=${uploadId}` },
    // The owner's object as the source of a copy into the stranger's own bucket.
    { method: "PUT", target: "/strange/stolen", headers: { "x-amz-copy-source": "/owned/secret.txt" } },
    { method: "PUT", target: "/strange/stolen", headers: { "x-amz-copy-source": "owned%2Fsecret.txt" } },
  ];
}

describe("an account", () => {
  it("cannot do one thing to another account's bucket", async () => {
    const list = operations();
    expect(list.length).toBeGreaterThan(45);
    for (const raw of list) {
      const answer = await sendSigned(server.endpoint(), stranger, raw);
      expect(answer.status, `${raw.method ?? "GET"} ${raw.target}`).toBe(403);
      expect(raw.method === "HEAD" ? "no body" : answer.code, raw.target).toMatch(/^(no body|AccessDenied)$/);
      expect(answer.body).not.toContain("mine");
    }
    const taken = await sendSigned(server.endpoint(), stranger, { method: "PUT", target: "/owned" });
    expect(taken).toMatchObject({ status: 409, code: "BucketAlreadyExists" });
  });

  it("cannot use its upload on another's bucket, nor another's part as a source", async () => {
    const client = server.client(stranger);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: "strange", Key: "multi" }));
    const cross = await sendSigned(server.endpoint(), stranger, {
      method: "PUT",
      target: `/strange/multi?partNumber=1&uploadId=${UploadId}`,
      headers: { "x-amz-copy-source": "/owned/secret.txt" },
    });
    expect(cross).toMatchObject({ status: 403, code: "AccessDenied" });
    // The owner's upload id, under a bucket and key of the stranger.
    const target = `/strange/multi?uploadId=${uploadId}`;
    for (const raw of [
      { target },
      { method: "DELETE", target },
      { method: "PUT", target: `${target}&partNumber=1`, body: "x" },
    ]) {
      expect(await sendSigned(server.endpoint(), stranger, raw)).toMatchObject({ status: 404, code: "NoSuchUpload" });
    }
  });

  it("cannot post a form into another's bucket", async () => {
    const form = signedForm(stranger, "north-1", { bucket: "owned", fields: { key: "secret.txt" }, file: "theirs" });
    expect(await send(server.endpoint(), form)).toMatchObject({ status: 403, code: "AccessDenied" });
  });

  it("sees its own buckets only", async () => {
    const names = async (pair: Pair) =>
      (await server.client(pair).send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);
    expect(await names(stranger)).toEqual(["strange"]);
    expect(await names(owner)).toEqual(["owned"]);
  });

  it("finds its data untouched after all that", async () => {
    expect((await sendSigned(server.endpoint(), owner, { target: "/owned/secret.txt" })).body).toBe("mine");
    expect(
      (await sendSigned(server.endpoint(), owner, { target: "/owned?list-type=2" })).body.match(/<Key>/g),
    ).toHaveLength(1);
    const parts = await sendSigned(server.endpoint(), owner, { target: `/owned/multi?uploadId=${uploadId}` });
    const ETag = /<ETag>(.*?)<\/ETag>/.exec(parts.body)?.[1]?.replaceAll("&quot;", '"');
    await server.client(owner).send(
      new CompleteMultipartUploadCommand({
        Bucket: "owned",
        Key: "multi",
        UploadId: uploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    expect((await sendSigned(server.endpoint(), owner, { target: "/owned/multi" })).body).toBe("mine");
  });
});

describe("a region", () => {
  it("does not know another region's keys, whatever they are signed for", async () => {
    for (const region of ["south-1", "north-1"]) {
      expect(await sendSigned(server.endpoint("south"), owner, { target: "/" }, { region })).toMatchObject({
        status: 403,
        code: "InvalidAccessKeyId",
      });
    }
    expect(await sendSigned(server.endpoint(), owner, { target: "/" }, { region: "south-1" })).toMatchObject({
      status: 400,
      code: "AuthorizationHeaderMalformed",
    });
    const wrong = { ...owner, secretAccessKey: stranger.secretAccessKey };
    expect(await sendSigned(server.endpoint(), wrong, { target: "/" })).toMatchObject({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
  });

  it("has buckets of its own", async () => {
    const south = await server.addKey("owner", undefined, "south");
    expect(
      await sendSigned(server.endpoint("south"), south, { target: "/owned" }, { region: "south-1" }),
    ).toMatchObject({ status: 404, code: "NoSuchBucket" });
  });
});

describe("nobody", () => {
  it("is let in without a signature, not to one operation", async () => {
    for (const raw of [
      { target: "/" },
      { method: "PUT", target: "/fresh-bucket" },
      { method: "OPTIONS", target: "/owned" },
      ...operations(),
      postForm("/owned", { key: "k" }, "x", "f"),
      postForm("/", { key: "k" }, "x", "f"),
      postForm("/owned/k", { key: "k" }, "x", "f"),
    ]) {
      const answer = await send(server.endpoint(), raw);
      expect(answer.status, `${raw.method ?? "GET"} ${raw.target}`).toBe(403);
    }
  });
});
