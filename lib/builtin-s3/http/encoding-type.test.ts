import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendSigned } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let pair: Pair;
let s3: S3Client;
let UploadId: string | undefined;
const Bucket = "encoded";
const GROUP = "a b+c/ü\u0001";
const KEY = `${GROUP}&x`;
const ENCODED_GROUP = "a%20b%2Bc/%C3%BC%01";
const ENCODED_KEY = `${ENCODED_GROUP}%26x`;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  s3 = server.client(pair);
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of [KEY, `${KEY}&y`, `${KEY}2`]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  for (const Key of [`${KEY}2`, KEY])
    UploadId = (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId;
});
afterAll(() => server.stop());

const encoded = { EncodingType: "url" as const, Prefix: ENCODED_GROUP };

describe("encoding-type=url is echoed, and all names are encoded", () => {
  const EncodingType = "url";

  it("in ListObjects", async () => {
    const page = { Bucket, EncodingType, Prefix: GROUP, Marker: GROUP, MaxKeys: 1 } as const;
    expect(await s3.send(new ListObjectsCommand(page))).toMatchObject({
      ...encoded,
      Marker: ENCODED_GROUP,
      NextMarker: ENCODED_KEY,
      Contents: [{ Key: ENCODED_KEY }],
    });
  });

  it("in ListObjectsV2", async () => {
    const page = { Bucket, EncodingType, Prefix: GROUP, StartAfter: GROUP, Delimiter: "&x" } as const;
    expect(await s3.send(new ListObjectsV2Command(page))).toMatchObject({
      ...encoded,
      Delimiter: "%26x",
      StartAfter: ENCODED_GROUP,
      CommonPrefixes: [{ Prefix: ENCODED_KEY }],
    });
  });

  it("in ListObjectVersions", async () => {
    const page = { Bucket, EncodingType, Prefix: GROUP, KeyMarker: GROUP, MaxKeys: 1 } as const;
    expect(await s3.send(new ListObjectVersionsCommand(page))).toMatchObject({
      ...encoded,
      KeyMarker: ENCODED_GROUP,
      NextKeyMarker: ENCODED_KEY,
      Versions: [{ Key: ENCODED_KEY }],
    });
  });

  it("in ListMultipartUploads", async () => {
    const page = { Bucket, EncodingType, Prefix: GROUP, KeyMarker: GROUP, MaxUploads: 1 } as const;
    expect(await s3.send(new ListMultipartUploadsCommand(page))).toMatchObject({
      ...encoded,
      KeyMarker: ENCODED_GROUP,
      NextKeyMarker: ENCODED_KEY,
      Uploads: [{ Key: ENCODED_KEY }],
    });
  });
});

it("does not apply to ListParts, where S3 has no such parameter", async () => {
  const target = `/${Bucket}/${encodeURIComponent(KEY)}?encoding-type=url&uploadId=${UploadId}`;
  const { body } = await sendSigned(server.endpoint(), pair, { target });
  expect(body).toContain("<Key>a b+c/ü&#x1;&amp;x</Key>");
  expect(body).not.toContain("EncodingType");
});

it("is not written when the client did not ask for it", async () => {
  const { body } = await sendSigned(server.endpoint(), pair, { target: `/${Bucket}?list-type=2&max-keys=1` });
  expect(body).toContain("<Key>a b+c/ü&#x1;&amp;x</Key>");
  expect(body).not.toContain("EncodingType");
});

it("an empty or unknown continuation token is refused", async () => {
  for (const ContinuationToken of ["", "not a token"])
    await expect(s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }))).rejects.toMatchObject({
      name: "InvalidArgument",
      message: "The continuation token provided is incorrect",
      $metadata: { httpStatusCode: 400 },
    });
});
