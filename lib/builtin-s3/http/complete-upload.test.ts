import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompletedPart,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";
import { startChecksum } from "./checksum";

let server: TestServer;
let pair: Pair;
let s3: S3Client;
const Bucket = "complete-bucket";
const MIB = 1024 * 1024;
const SMALL = randomBytes(1000);
const PARTS = [randomBytes(5 * MIB), SMALL];

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  s3 = server.client(pair);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => server.stop());

interface Begun {
  Key: string;
  UploadId: string | undefined;
  Parts: CompletedPart[];
}

async function begin(
  Key: string,
  options: { ChecksumAlgorithm?: ChecksumAlgorithm; ChecksumType?: ChecksumType } = {},
  bodies: readonly Buffer[] = PARTS,
): Promise<Begun> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }));
  const Parts: CompletedPart[] = [];
  for (const [index, Body] of bodies.entries()) {
    const part = { Bucket, Key, UploadId, PartNumber: index + 1, Body };
    const { ETag } = await s3.send(
      new UploadPartCommand({ ...part, ChecksumAlgorithm: options.ChecksumAlgorithm ?? "CRC32" }),
    );
    Parts.push({ PartNumber: index + 1, ETag });
  }
  return { Key, UploadId, Parts };
}

function complete({ Key, UploadId, Parts }: Begun, more: Partial<CompleteMultipartUploadCommandInput> = {}) {
  return s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
}

async function bytesOf(Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

function digest(algorithm: ChecksumAlgorithm, data: Buffer): Buffer {
  const running = startChecksum(algorithm as Parameters<typeof startChecksum>[0]);
  running.update(data);
  return running.digest();
}

const wholeOf = (algorithm: ChecksumAlgorithm, parts: readonly Buffer[]) =>
  digest(algorithm, Buffer.concat(parts)).toString("base64");
const compositeOf = (algorithm: ChecksumAlgorithm, parts: readonly Buffer[]) =>
  digest(algorithm, Buffer.concat(parts.map((part) => digest(algorithm, part)))).toString("base64");

describe("the checksum of a completion is the checksum of the object", () => {
  it.each([
    ["CRC32", "COMPOSITE"],
    ["CRC32C", "COMPOSITE"],
    ["SHA1", "COMPOSITE"],
    ["SHA256", "COMPOSITE"],
    ["CRC32", "FULL_OBJECT"],
    ["CRC32C", "FULL_OBJECT"],
    ["CRC64NVME", "FULL_OBJECT"],
  ] as const)("%s, %s", async (ChecksumAlgorithm, ChecksumType) => {
    const begun = await begin("checked", { ChecksumAlgorithm, ChecksumType });
    const name = `Checksum${ChecksumAlgorithm}` as const;
    const right =
      ChecksumType === "COMPOSITE" ? `${compositeOf(ChecksumAlgorithm, PARTS)}-2` : wholeOf(ChecksumAlgorithm, PARTS);
    const wrong = digest(ChecksumAlgorithm, Buffer.from("wrong")).toString("base64");
    const unlike = ChecksumType === "COMPOSITE" ? `${compositeOf(ChecksumAlgorithm, PARTS)}-3` : `${right}-2`;
    for (const value of [wrong, unlike])
      await expect(complete(begun, { [name]: value, ChecksumType })).rejects.toMatchObject({
        name: "BadDigest",
        $metadata: { httpStatusCode: 400 },
      });
    await expect(bytesOf("checked")).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(await complete(begun, { [name]: right, ChecksumType })).toMatchObject({ [name]: right, ChecksumType });
    const head = new HeadObjectCommand({ Bucket, Key: "checked", ChecksumMode: "ENABLED" });
    expect(await s3.send(head)).toMatchObject({ [name]: right });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "checked" }));
  });

  it("may leave out the number of parts, as minio-go does", async () => {
    const begun = await begin("bare", { ChecksumAlgorithm: "CRC32C" }, [SMALL]);
    const bare = compositeOf("CRC32C", [SMALL]);
    expect(await complete(begun, { ChecksumCRC32C: bare })).toMatchObject({ ChecksumCRC32C: `${bare}-1` });
  });

  it("is refused when it is malformed, or not what the upload was begun with", async () => {
    const begun = await begin("mismatch", { ChecksumAlgorithm: "SHA256" }, [SMALL]);
    const plain = await begin("mismatch", {}, [SMALL]);
    const right = compositeOf("SHA256", [SMALL]);
    const other = compositeOf("CRC32", [SMALL]);
    const refused = { name: "InvalidRequest", $metadata: { httpStatusCode: 400 } };
    await expect(complete(begun, { ChecksumSHA256: "short" })).rejects.toMatchObject(refused);
    await expect(complete(begun, { ChecksumCRC32: other })).rejects.toMatchObject(refused);
    await expect(complete(plain, { ChecksumCRC32: other })).rejects.toMatchObject(refused);
    await expect(complete(begun, { ChecksumSHA256: right, ChecksumType: "FULL_OBJECT" })).rejects.toMatchObject(
      refused,
    );
    await expect(complete(begun, { ChecksumSHA256: right, ChecksumCRC32: other })).rejects.toMatchObject(refused);
    await complete(begun, { ChecksumSHA256: right });
    await complete(plain);
  });
});

describe("a repeated completion", () => {
  it("is answered with the same result, also over a restart and after the object is gone", async () => {
    const begun = await begin("twice", { ChecksumAlgorithm: "CRC64NVME" }, [SMALL]);
    const { $metadata: _, ...first } = await complete(begun, {
      IfNoneMatch: "*",
      ChecksumCRC64NVME: wholeOf("CRC64NVME", [SMALL]),
    });
    expect(await complete(begun, { IfNoneMatch: "*" })).toMatchObject(first);
    await server.restart();
    s3 = server.client(pair);
    // The port of the endpoint is another after the restart.
    const { Location: __, ...result } = first;
    expect(await complete(begun)).toMatchObject(result);
    await expect(complete(begun, { ChecksumCRC64NVME: "AAAAAAAAAAA=" })).rejects.toMatchObject({ name: "BadDigest" });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "twice" }));
    expect(await complete(begun)).toMatchObject(result);
    await expect(bytesOf("twice")).rejects.toMatchObject({ name: "NoSuchKey" });
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  });

  it("gives both clients the same result when they complete at once", async () => {
    const begun = await begin("at-once", {}, [SMALL]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => complete(begun)));
    expect(new Set(answers.map(({ ETag }) => ETag)).size).toBe(1);
    expect((await bytesOf("at-once")).equals(SMALL)).toBe(true);
  });

  it("is refused with other parts, for another key, by another account, and after an abort", async () => {
    const begun = await begin("only-this");
    await complete(begun);
    const refused = { name: "NoSuchUpload", $metadata: { httpStatusCode: 404 } };
    await expect(complete({ ...begun, Parts: begun.Parts.slice(0, 1) })).rejects.toMatchObject(refused);
    await expect(complete({ ...begun, Key: "another" })).rejects.toMatchObject(refused);
    const stranger = server.client(await server.addKey("stranger"));
    const { Key, UploadId, Parts } = begun;
    const stolen = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
    await expect(stranger.send(stolen)).rejects.toMatchObject({ name: "AccessDenied" });
    const aborted = await begin("aborted", {}, [SMALL]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "aborted", UploadId: aborted.UploadId }));
    await expect(complete(aborted)).rejects.toMatchObject(refused);
  });

  it("is forgotten with its bucket", async () => {
    const bucket = { Bucket: "short-lived" };
    const key = { ...bucket, Key: "k" };
    await s3.send(new CreateBucketCommand(bucket));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(key));
    const { ETag } = await s3.send(new UploadPartCommand({ ...key, UploadId, PartNumber: 1, Body: "x" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const again = () => s3.send(new CompleteMultipartUploadCommand({ ...key, UploadId, MultipartUpload }));
    await again();
    await s3.send(new DeleteObjectCommand(key));
    await s3.send(new DeleteBucketCommand(bucket));
    await s3.send(new CreateBucketCommand(bucket));
    await expect(again()).rejects.toMatchObject({ name: "NoSuchUpload" });
  });
});

describe("two uploads of one part number", () => {
  /** Begins to send a part and gives a function that sends its body: the part is received from its start to then. */
  async function startPart(Key: string, UploadId: string | undefined, body: string) {
    const target = `/${Bucket}/${Key}?partNumber=1&uploadId=${UploadId}`;
    const { hostname, port } = new URL(server.endpoint());
    const headers = {
      ...signHeaders(server.endpoint(), pair, { method: "PUT", target, body }),
      "content-length": body.length,
      expect: "100-continue",
    };
    const outgoing = request({ hostname, port, method: "PUT", path: target, headers });
    outgoing.flushHeaders();
    await once(outgoing, "continue");
    return async () => {
      outgoing.end(body);
      const [incoming] = (await once(outgoing, "response")) as [{ statusCode: number; headers: { etag?: string } }];
      return { status: incoming.statusCode, ETag: incoming.headers.etag };
    };
  }

  it.each(["names the last", "names both"])(
    "keep the one that finished last, also when it started first; the completion %s",
    async (which) => {
      const Key = "resent";
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const finish = await startPart(Key, UploadId, "AAAAAAAA");
      const second = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "BBBBBBBB" }));
      const first = await finish();
      expect(first).toEqual({ status: 200, ETag: `"${createHash("md5").update("AAAAAAAA").digest("hex")}"` });
      const lost = { PartNumber: 1, ETag: second.ETag };
      const kept = { PartNumber: 1, ETag: first.ETag };
      const begun = { Key, UploadId, Parts: which === "names both" ? [lost, kept] : [kept] };
      await expect(complete({ ...begun, Parts: [lost] })).rejects.toMatchObject({ name: "InvalidPart" });
      await complete(begun);
      expect((await bytesOf(Key)).toString()).toBe("AAAAAAAA");
    },
  );
});
