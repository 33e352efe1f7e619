import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send, sendSigned, signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let pair: Pair;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket" });
});
afterAll(() => server.stop());

const KEYS = [
  "..%2F..%2Fname",
  "../../name",
  "..",
  ".",
  "%2e%2e/%2e%2e/x",
  "a//b",
  "/",
  "//",
  "a/",
  "%00",
  "x%00.txt",
  "..%5c..%5cx",
  "%2Fetc%2Fpasswd",
  "con",
  "a%0Ab",
  "%C3%BC",
  "lock",
  "objects.1.log",
  "blobs",
];

it("keeps every name inside the bucket and out of the file system", async () => {
  const before = await outside();
  for (const key of KEYS) {
    const target = `/bucket/${key}`;
    expect((await sendSigned(server.endpoint(), pair, { method: "PUT", target, body: key })).status, key).toBe(200);
    expect((await sendSigned(server.endpoint(), pair, { target })).body, key).toBe(key);
  }
  expect(await outside()).toEqual(before);
  for (const name of await everyFile(path.join(server.dataDir, "s3", "north"))) {
    expect(name).toMatch(/^(store\.json|accounts\.\d+\.log|objects\.\d+\.log|blobs\/[0-9a-f]{2}\/[0-9a-f]{32})$/);
  }
});

it("takes an encoded slash for the slash that it is, in signing, routing and storing alike", async () => {
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket/one%2Ftwo", body: "same" });
  expect((await sendSigned(server.endpoint(), pair, { target: "/bucket/one/two" })).body).toBe("same");
  expect((await sendSigned(server.endpoint(), pair, { target: "/bucket%2Fone/two" })).body).toBe("same");
});

it.each([
  "/..",
  "/../bucket",
  "/.",
  "//bucket",
  "/%2e%2e/x",
  "/Bucket",
  "/bu",
  "/192.168.0.1",
  "/a..b",
  "/-ab",
  "/%00abc",
  "/buck_et",
])("refuses %s for a bucket", async (target) => {
  for (const method of ["GET", "PUT", "DELETE"])
    expect(await sendSigned(server.endpoint(), pair, { method, target })).toMatchObject({
      status: 400,
      code: "InvalidBucketName",
    });
});

it.each(["/a.-b", "/a-.b", "/abc-.d.e"])(
  "refuses to create the bucket %s, and finds no such bucket",
  async (target) => {
    const ask = (method: string) => sendSigned(server.endpoint(), pair, { method, target });
    expect(await ask("PUT")).toMatchObject({ status: 400, code: "InvalidBucketName" });
    expect(await ask("GET")).toMatchObject({ status: 404, code: "NoSuchBucket" });
  },
);

it("refuses targets it cannot read, and names that are too long", async () => {
  for (const target of ["/bucket/%", "/bucket/%zz", "/bucket/%ff", "/bucket?prefix=%", "/bucket/%C0%AF"]) {
    expect(await send(server.endpoint(), { target })).toMatchObject({ status: 400, code: "InvalidURI" });
  }
  expect(
    await sendSigned(server.endpoint(), pair, { method: "PUT", target: `/bucket/${"k".repeat(1025)}` }),
  ).toMatchObject({ code: "KeyTooLongError" });
});

it("refuses a query that could be read in two ways", async () => {
  for (const target of ["/bucket?prefix=a&prefix=b", "/bucket?acl&tagging"]) {
    expect(await sendSigned(server.endpoint(), pair, { target })).toMatchObject({
      status: 400,
      code: "InvalidArgument",
    });
  }
});

it("refuses what was changed after signing: path, query, header, body", async () => {
  const raw = { method: "PUT", target: "/bucket/signed", body: "body", headers: { "x-amz-meta-a": "1" } };
  const headers = signHeaders(server.endpoint(), pair, raw);
  const changed = [
    { ...raw, target: "/bucket/signeD", headers },
    { ...raw, target: "/bucket//signed", headers },
    { ...raw, target: "/bucket/signed?acl", headers },
    { ...raw, headers: { ...headers, "x-amz-meta-a": "2" } },
    { ...raw, headers: { ...headers, "x-amz-meta-b": "2" } },
    { ...raw, headers: { ...headers, "x-amz-copy-source": "/bucket/.." } },
  ];
  for (const request of changed) expect((await send(server.endpoint(), request)).status).toBe(403);
  expect(await send(server.endpoint(), { ...raw, headers, body: "bodY" })).toMatchObject({
    status: 400,
    code: "XAmzContentSHA256Mismatch",
  });
  expect(await sendSigned(server.endpoint(), pair, { target: "/bucket/signed" })).toMatchObject({
    status: 404,
    code: "NoSuchKey",
  });
  expect((await send(server.endpoint(), { ...raw, headers })).status).toBe(200);
});

/** Everything in and beside the data folder, but what lies in the store. */
async function outside(): Promise<string[]> {
  const beside = await readdir(path.dirname(server.dataDir));
  const inside = await everyFile(server.dataDir);
  return [
    ...beside.filter((name) => name === "name" || name === "etc"),
    ...inside.filter((name) => !name.startsWith("s3/north/blobs/") && !name.startsWith("s3/lock")),
  ].sort();
}

async function everyFile(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
