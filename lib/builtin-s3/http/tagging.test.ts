import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketTaggingCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestServer } from "@/testing/builtin-s3/test-server";
import { tagDocument } from "./tagging-rules";

let server: TestServer;
let s3: S3Client;
const Bucket = "tag-bucket";
// An object of JavaScript lists numeric names first, in the order of the numbers.
const TagSet = ["z", "10", "9", "a", "__proto__", "1"].map((Key) => ({ Key, Value: `of ${Key}` }));

beforeAll(async () => {
  server = await TestServer.start();
  s3 = server.client(await server.addKey("demo"));
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => server.stop());

it("keeps the tags of objects and buckets in the order of the client, also over a restart", async () => {
  const Tagging = TagSet.map(({ Key, Value }) => `${Key}=${encodeURIComponent(Value)}`).join("&");
  await s3.send(new PutObjectCommand({ Bucket, Key: "header", Body: "x", Tagging }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "document", Body: "x" }));
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "document", Tagging: { TagSet } }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  const parts = { Bucket, Key: "parts" };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...parts, Tagging }));
  const { ETag } = await s3.send(new UploadPartCommand({ ...parts, UploadId, PartNumber: 1, Body: "x" }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...parts, UploadId, MultipartUpload }));
  await server.restart();
  s3 = server.client(await server.addKey("demo"));
  for (const Key of ["header", "document", "parts"]) {
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet, Key).toEqual(TagSet);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).TagCount, Key).toBe(TagSet.length);
  }
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
});

it("reads the tags of an old journal, which held an object", () => {
  expect(tagDocument({ a: "1", b: "2" })).toContain(
    "<TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag></TagSet>",
  );
});
