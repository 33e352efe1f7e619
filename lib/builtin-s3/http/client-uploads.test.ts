import { createHash, randomBytes } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let pair: Pair;
let s3: S3Client;
const Bucket = "client-bucket";
const MIB = 1024 * 1024;

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

describe("listings", () => {
  const keys = Array.from(
    { length: 1105 },
    (_, index) => `list/${String(index).padStart(4, "0")}${index % 5 === 0 ? "/leaf" : ""}`,
  );

  beforeAll(async () => {
    for (let at = 0; at < keys.length; at += 64) await Promise.all(keys.slice(at, at + 64).map((key) => put(key)));
  });

  it.each([1000, 333, 1])("page past a thousand keys by %d", async (MaxKeys) => {
    const found: (string | undefined)[] = [];
    const expected = MaxKeys === 1 ? keys.filter((key) => key.startsWith("list/00")) : keys;
    const Prefix = MaxKeys === 1 ? "list/00" : "list/";
    for (let ContinuationToken: string | undefined, more = true; more; more = ContinuationToken !== undefined) {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys, ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
      found.push(...names(page.Contents));
      ContinuationToken = page.NextContinuationToken;
      expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
    }
    expect(found).toEqual(expected);
  });

  it("group by a delimiter, each group once over all pages", async () => {
    for (const MaxKeys of [1000, 7]) {
      const found: (string | undefined)[] = [];
      for (let Marker: string | undefined, more = true; more; more = Marker !== undefined) {
        const page = await s3.send(
          new ListObjectsCommand({ Bucket, Prefix: "list/", Delimiter: "/", MaxKeys, Marker }),
        );
        found.push(...names(page.Contents), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
        Marker = page.NextMarker;
      }
      expect(found.sort()).toEqual(keys.map((key) => key.replace("leaf", "")));
    }
  });

  it("start after a name, and order names by their bytes", async () => {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: "list/", StartAfter: "list/1101", FetchOwner: true }),
    );
    expect(names(page.Contents)).toEqual(["list/1102", "list/1103", "list/1104"]);
    expect(page.Contents?.[0]?.Owner?.ID).toBe("demo");
    const odd = ["order/\ue000", "order/𝄞", "order/a", "order/Z", "order/é"];
    for (const key of odd) await put(key);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "order/" }));
    expect(names(listed.Contents)).toEqual([...odd].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it("remove up to a thousand keys at once", async () => {
    const Objects = keys.slice(0, 1000).map((Key) => ({ Key }));
    expect((await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toHaveLength(1000);
    expect(
      (
        await s3.send(
          new DeleteObjectsCommand({
            Bucket,
            Delete: { Objects: keys.slice(1000).map((Key) => ({ Key })), Quiet: true },
          }),
        )
      ).Deleted ?? [],
    ).toHaveLength(0);
    expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "list/" }))).KeyCount).toBe(0);
  });
});

describe("multipart uploads", () => {
  const parts = [randomBytes(5 * MIB), randomBytes(5 * MIB + 1), randomBytes(10)];

  it.each([
    ["none", {}],
    ["composite", { ChecksumAlgorithm: "SHA256" }],
    ["full CRC64NVME", { ChecksumAlgorithm: "CRC64NVME" }],
    ["full CRC32", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" }],
    ["full CRC32C", { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" }],
  ] as const)("become one object, checksum: %s", async (_name, options) => {
    const Key = "multi";
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "text/m", Metadata: { m: "1" }, ...options }),
    );
    const algorithm = "ChecksumAlgorithm" in options ? options.ChecksumAlgorithm : undefined;
    const sent = [];
    for (const [index, Body] of parts.entries()) {
      const { $metadata: _, ...rest } = await s3.send(
        new UploadPartCommand({
          Bucket,
          Key,
          UploadId,
          PartNumber: index + 1,
          Body,
          ...(algorithm ? { ChecksumAlgorithm: algorithm } : {}),
        }),
      );
      sent.push({ ...rest, PartNumber: index + 1 });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 2 }));
    expect(listed).toMatchObject({
      IsTruncated: true,
      NextPartNumberMarker: "2",
      Parts: [{ PartNumber: 1, Size: 5 * MIB }, { PartNumber: 2 }],
    });
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ Key, UploadId }]);
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: sent } }),
    );
    const digests = parts.map((part) => createHash("md5").update(part).digest());
    expect(done.ETag).toBe(`"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-3"`);
    const whole = Buffer.concat(parts);
    // For a full-object checksum the SDK compares what it reads with what the parts were combined to.
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect(md5(await bytesOf(got))).toBe(md5(whole));
    expect(got).toMatchObject({ ContentType: "text/m", Metadata: { m: "1" } });
    expect(got.ChecksumType).toBe(algorithm && (algorithm === "SHA256" ? "COMPOSITE" : "FULL_OBJECT"));
    const second = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
    expect(second.PartsCount).toBe(3);
    expect(md5(await bytesOf(second))).toBe(md5(parts[1]));
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
    const asked = await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key,
        ObjectAttributes: ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"],
        MaxParts: 2,
        PartNumberMarker: "1",
      }),
    );
    expect(asked).toMatchObject({
      ETag: done.ETag?.replaceAll('"', ""),
      ObjectSize: whole.length,
      StorageClass: "STANDARD",
      ObjectParts: {
        TotalPartsCount: 3,
        PartNumberMarker: "1",
        NextPartNumberMarker: "3",
        MaxParts: 2,
        IsTruncated: false,
      },
    });
    const sizes = asked.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]);
    expect(sizes).toEqual(
      algorithm
        ? [
            [2, parts[1]?.length],
            [3, 10],
          ]
        : undefined,
    );
    const checksum = `Checksum${algorithm ?? "CRC32"}` as const;
    expect(asked.Checksum?.[checksum]).toBe(done[checksum]?.replace(/-\d+$/, ""));
  });

  it("copy parts from objects", async () => {
    await put("part-source", Buffer.concat(parts));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "copied" }));
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      s3.send(
        new UploadPartCopyCommand({
          Bucket,
          Key: "copied",
          UploadId,
          PartNumber,
          CopySource: `${Bucket}/part-source`,
          CopySourceRange,
        }),
      );
    const one = await copy(1, `bytes=1-${6 * MIB}`);
    const two = await copy(2);
    await expect(copy(3, `bytes=0-${20 * MIB}`)).rejects.toMatchObject({ name: "InvalidRange" });
    await expect(copy(3, "0-9")).rejects.toMatchObject({ name: "InvalidArgument" });
    await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: "copied",
        UploadId,
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: one.CopyPartResult?.ETag },
            { PartNumber: 2, ETag: two.CopyPartResult?.ETag },
          ],
        },
      }),
    );
    const whole = Buffer.concat(parts);
    expect((await read("copied")).equals(Buffer.concat([whole.subarray(1, 6 * MIB + 1), whole]))).toBe(true);
  });

  it("refuse wrong completions and leave the upload to be finished or aborted", async () => {
    const Key = "broken";
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const upload = (PartNumber: number, Body: string) =>
      s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    const [a, b] = [await upload(1, "a"), await upload(2, "b")];
    const complete = (Parts: { PartNumber: number; ETag?: string }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    await expect(
      complete([
        { PartNumber: 1, ETag: a.ETag },
        { PartNumber: 2, ETag: b.ETag },
      ]),
    ).rejects.toMatchObject({ name: "EntityTooSmall" });
    await expect(
      complete([
        { PartNumber: 2, ETag: b.ETag },
        { PartNumber: 1, ETag: a.ETag },
      ]),
    ).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ PartNumber: 1, ETag: b.ETag }])).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete([{ PartNumber: 9, ETag: b.ETag }])).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete([])).rejects.toMatchObject({ name: "MalformedXML" });
    await expect(upload(10_001, "x")).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(read(Key)).rejects.toMatchObject({ name: "NoSuchKey" });
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    await expect(upload(1, "a")).rejects.toMatchObject({ name: "NoSuchUpload" });
  });
});
