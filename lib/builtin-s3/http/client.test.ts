import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type ObjectAttributes,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let pair: Pair;
let s3: S3Client;
const Bucket = "client-bucket";

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  s3 = server.client(pair);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => server.stop());

async function put(Key: string, Body: Buffer | string = "x") {
  return s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function read(Key: string): Promise<Buffer> {
  return bytesOf(await s3.send(new GetObjectCommand({ Bucket, Key })));
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Buffer> {
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

function md5(data: Buffer | undefined): string {
  return createHash("md5")
    .update(data ?? "none")
    .digest("hex");
}

function names(list: readonly { Key?: string }[] | undefined): (string | undefined)[] {
  return (list ?? []).map(({ Key }) => Key);
}

describe("buckets", () => {
  it("are made, found, listed and removed when empty", async () => {
    await s3.send(
      new CreateBucketCommand({
        Bucket: "second-bucket",
        CreateBucketConfiguration: { LocationConstraint: "north-1" as never },
      }),
    );
    await s3.send(new CreateBucketCommand({ Bucket: "second-bucket" }));
    expect((await s3.send(new HeadBucketCommand({ Bucket: "second-bucket" }))).BucketRegion).toBe("north-1");
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: "second-bucket" }))).LocationConstraint).toBe(
      "north-1",
    );
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain("second-bucket");
    await s3.send(new PutObjectCommand({ Bucket: "second-bucket", Key: "k", Body: "k" }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket: "second-bucket" }))).rejects.toMatchObject({
      name: "BucketNotEmpty",
    });
    await s3.send(new DeleteObjectsCommand({ Bucket: "second-bucket", Delete: { Objects: [{ Key: "k" }] } }));
    await s3.send(new DeleteBucketCommand({ Bucket: "second-bucket" }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: "second-bucket" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(
      s3.send(
        new CreateBucketCommand({
          Bucket: "third-bucket",
          CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
        }),
      ),
    ).rejects.toMatchObject({ name: "InvalidLocationConstraint" });
  });

  it("answer reads of their settings, and NotImplemented to what is not there", async () => {
    expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toMatchObject([
      { Permission: "FULL_CONTROL", Grantee: { ID: "demo" } },
    ]);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    const enable = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    await expect(s3.send(enable)).rejects.toMatchObject({ name: "NotImplemented", $metadata: { httpStatusCode: 501 } });
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key: "public", Body: "p", ACL: "public-read" })),
    ).rejects.toMatchObject({ name: "NotImplemented" });
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key: "sse", Body: "s", ServerSideEncryption: "AES256" })),
    ).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("objects", () => {
  it.each([
    "plain",
    "a b",
    "a+b",
    "a%2Fb",
    "ü/日本/𝄞",
    "//double//",
    "..",
    "../../etc/passwd",
    "./.",
    "trailing/",
    "&<>\"'",
    "q?x=1#y",
    "\u0001\u001f",
    "\ufeffbom",
    "C:\\con",
    "k".repeat(1024),
  ])("keep the name %j", async (Key) => {
    const body = randomBytes(100);
    await put(Key, body);
    expect(await read(Key)).toEqual(body);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key, EncodingType: "url" }));
    expect(names(listed.Contents).map((name) => decodeURIComponent(name ?? ""))).toContain(Key);
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
    await expect(read(Key)).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("keep their headers, metadata and tags, also over a restart", async () => {
    const etag = createHash("md5").update("hello").digest("hex");
    const put_ = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "meta",
        Body: "hello",
        ContentType: "text/x",
        CacheControl: "no-cache",
        ContentEncoding: "gzip",
        ContentDisposition: "inline",
        ContentLanguage: "de",
        Metadata: { one: "1", two: "zwei" },
        Tagging: "a=b%20c&d=",
      }),
    );
    expect(put_.ETag).toBe(`"${etag}"`);
    await server.restart();
    s3 = server.client(pair);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "meta" }));
    expect(head).toMatchObject({
      ContentLength: 5,
      ETag: `"${etag}"`,
      ContentType: "text/x",
      CacheControl: "no-cache",
      ContentEncoding: "gzip",
      ContentDisposition: "inline",
      ContentLanguage: "de",
      Metadata: { one: "1", two: "zwei" },
    });
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "meta" }))).TagSet).toEqual([
      { Key: "a", Value: "b c" },
      { Key: "d", Value: "" },
    ]);
    await s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: "meta", Tagging: { TagSet: [{ Key: "x", Value: "<&>" }] } }),
    );
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "meta" }))).TagSet).toEqual([
      { Key: "x", Value: "<&>" },
    ]);
    expect((await read("meta")).toString()).toBe("hello");
  });

  it("give ranges", async () => {
    const body = randomBytes(700_000);
    await put("ranged", body);
    const range = async (Range: string) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "ranged", Range }));
      return [answer.$metadata.httpStatusCode, answer.ContentRange, md5(await bytesOf(answer))];
    };
    expect(await range("bytes=0-0")).toEqual([206, "bytes 0-0/700000", md5(body.subarray(0, 1))]);
    expect(await range("bytes=300000-")).toEqual([206, "bytes 300000-699999/700000", md5(body.subarray(300_000))]);
    expect(await range("bytes=-5")).toEqual([206, "bytes 699995-699999/700000", md5(body.subarray(-5))]);
    expect(await range("bytes=5-999999999")).toEqual([206, "bytes 5-699999/700000", md5(body.subarray(5))]);
    expect(await range("bytes=0-0,5-9")).toEqual([206, "bytes 0-0/700000", md5(body.subarray(0, 1))]);
    expect((await range("pages=1-2"))[0]).toBe(200);
    await expect(range("bytes=9-5")).rejects.toMatchObject({ name: "InvalidRange" });
    await expect(range("bytes=700000-")).rejects.toMatchObject({
      name: "InvalidRange",
      $metadata: { httpStatusCode: 416 },
    });
  });

  it("obey conditions", async () => {
    await put("cond", "1");
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: "cond" }));
    const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: "cond", ...more }));
    expect((await get({ IfMatch: ETag })).ETag).toBe(ETag);
    await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get({ IfModifiedSince: new Date(Date.now() + 5000) })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get({ IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    const write = (Key: string, more: object) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "2", ...more }));
    await expect(write("cond", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(write("cond", { IfMatch: '"0"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(write("cond-none", { IfMatch: ETag })).rejects.toMatchObject({ name: "NoSuchKey" });
    await write("cond", { IfMatch: ETag });
    const created = await Promise.allSettled(Array.from({ length: 8 }, () => write("cond-once", { IfNoneMatch: "*" })));
    expect(created.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("tell their attributes", async () => {
    const { ETag } = await s3.send(
      new PutObjectCommand({ Bucket, Key: "told", Body: "hello", ChecksumAlgorithm: "SHA256" }),
    );
    const ask = (ObjectAttributes: ObjectAttributes[], Key = "told") =>
      s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes }));
    const all = await ask(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);
    expect(all).toMatchObject({
      ETag: ETag?.replaceAll('"', ""),
      ObjectSize: 5,
      StorageClass: "STANDARD",
      Checksum: { ChecksumSHA256: createHash("sha256").update("hello").digest("base64"), ChecksumType: "FULL_OBJECT" },
    });
    expect(all.ObjectParts).toBeUndefined();
    expect(all.LastModified).toBeInstanceOf(Date);
    const { $metadata: _, LastModified: __, ...one } = await ask(["ObjectSize"]);
    expect(one).toEqual({ ObjectSize: 5 });
    await expect(ask(["Weight" as "ETag"])).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(ask(["ETag"], "untold")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("are copied with or without new metadata", async () => {
    await s3.send(
      new PutObjectCommand({ Bucket, Key: "from ü", Body: "copy me", Metadata: { a: "1" }, ContentType: "text/a" }),
    );
    const CopySource = `${Bucket}/${encodeURIComponent("from ü")}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "to" }))).toMatchObject({
      Metadata: { a: "1" },
      ContentType: "text/a",
    });
    await s3.send(
      new CopyObjectCommand({ Bucket, Key: "to", CopySource, MetadataDirective: "REPLACE", Metadata: { b: "2" } }),
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "to" }))).Metadata).toEqual({ b: "2" });
    await expect(s3.send(new CopyObjectCommand({ Bucket, Key: "from ü", CopySource }))).rejects.toMatchObject({
      name: "InvalidRequest",
    });
    await expect(
      s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource, CopySourceIfNoneMatch: "*" })),
    ).rejects.toMatchObject({ name: "PreconditionFailed" });
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "from ü" }] } }));
    expect((await read("to")).toString()).toBe("copy me");
  });

  it.each(
    Object.values(ChecksumAlgorithm).filter((name) =>
      ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"].includes(name),
    ),
  )("are stored with a %s from a stream, which is given back", async (algorithm) => {
    const body = randomBytes(300_000);
    const stream = Readable.from([body.subarray(0, 100_001), body.subarray(100_001)]);
    const sent = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "streamed",
        Body: stream,
        ContentLength: body.length,
        ChecksumAlgorithm: algorithm,
      }),
    );
    const field = `Checksum${algorithm}` as "ChecksumCRC32";
    expect(sent[field]).toBeTruthy();
    // The SDK verifies the checksum it is given back; the bytes are compared besides.
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "streamed", ChecksumMode: "ENABLED" }));
    expect(got[field]).toBe(sent[field]);
    expect(md5(await bytesOf(got))).toBe(md5(body));
    expect(got.ContentEncoding).toBeUndefined();
  });
});
