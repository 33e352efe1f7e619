import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FormShape, postForm, signedForm } from "@/testing/builtin-s3/form";
import { type RawAnswer, type RawRequest, send, sendSigned, signHeaders } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";
import { FormReader, readBoundary } from "./form-data";

let server: TestServer;
let pair: Pair;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/uploads" });
});
afterAll(() => server.stop());

const post = (shape: Partial<FormShape> = {}, by = pair) =>
  send(server.endpoint(), signedForm(by, "north-1", { bucket: "uploads", ...shape }));
const get = (key: string): Promise<RawAnswer> => sendSigned(server.endpoint(), pair, { target: `/uploads/${key}` });
const refusal = (status: number, code: string) => ({ status, code });

describe("a form", () => {
  it("stores its file under its key, with headers, metadata, tags and checksum", async () => {
    const checksum = createHash("sha256").update("posted").digest("base64");
    const tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    const fields = {
      key: "in/${filename}",
      "Content-Type": "text/form",
      "Cache-Control": "no-cache",
      "x-amz-meta-a": "ü",
      "x-amz-checksum-sha256": checksum,
      tagging,
      acl: "private",
      "x-ignore-me": "x",
    };
    const answer = await post({ fields, fileName: "C:\\folder\\ü b.txt" });
    expect(answer).toMatchObject({
      status: 204,
      headers: { etag: `"${createHash("md5").update("posted").digest("hex")}"`, "x-amz-checksum-sha256": checksum },
    });
    const stored = await get("in/%C3%BC%20b.txt");
    expect(stored).toMatchObject({
      status: 200,
      body: "posted",
      headers: { "content-type": "text/form", "cache-control": "no-cache", "x-amz-tagging-count": "1" },
    });
    expect(Buffer.from(String(stored.headers["x-amz-meta-a"]), "latin1").toString()).toBe("ü");
  });

  it("answers with the status, document or redirect it asks for", async () => {
    const status = (success_action_status: string) => post({ fields: { key: "k", success_action_status } });
    expect((await status("200")).status).toBe(200);
    expect((await status("404")).status).toBe(204);
    const created = await status("201");
    expect(created.status).toBe(201);
    expect(created.body).toMatch(
      /<PostResponse.*<Location>http:\/\/127.0.0.1:\d+\/uploads\/k<.*<Bucket>uploads<.*<Key>k<.*<ETag>&quot;[0-9a-f]{32}&quot;</,
    );
    const redirect = await post({
      fields: { key: "k", success_action_redirect: "https://example.com/done?x=1", success_action_status: "200" },
    });
    expect(redirect.status).toBe(303);
    expect(redirect.headers.location).toMatch(
      /^https:\/\/example\.com\/done\?x=1&bucket=uploads&key=k&etag=%22[0-9a-f]{32}%22$/,
    );
    for (const bad of ["javascript:alert(1)", "nowhere", "http://"])
      expect((await post({ fields: { key: "k", success_action_redirect: bad } })).status).toBe(204);
  });

  it("may be large, of any bytes, and sent with Expect: 100-continue", async () => {
    const file = Buffer.concat([Buffer.from("\r\n------formBoundary"), randomBytes(3_000_000), Buffer.from("\r\n--")]);
    const raw = signedForm(pair, "north-1", { bucket: "uploads", fields: { key: "large" }, file });
    expect(
      (await send(server.endpoint(), { ...raw, headers: { ...raw.headers, expect: "100-continue" } })).status,
    ).toBe(204);
    const md5 = createHash("md5").update(file).digest("hex");
    expect(
      (await sendSigned(server.endpoint(), pair, { method: "HEAD", target: "/uploads/large" })).headers,
    ).toMatchObject({ etag: `"${md5}"`, "content-length": String(file.length) });
  });
});

describe("a policy", () => {
  const meta = (value: string, ...conditions: unknown[]) =>
    post({
      policy: policyOf([{ bucket: "uploads" }, ["starts-with", "$x-amz-", ""], ...conditions]),
      fields: { key: "p", "x-amz-meta-a": value },
    });
  const policyOf = (conditions: unknown[], expiration: unknown = new Date(Date.now() + 60_000).toISOString()) => ({
    expiration,
    conditions: [
      ...conditions,
      ...["key", "x-amz-algorithm", "x-amz-credential", "x-amz-date"].map((name) => ["starts-with", `$${name}`, ""]),
    ],
  });

  it("holds with eq, starts-with, and names in any case", async () => {
    expect((await meta("abc", ["eq", "$X-Amz-Meta-A", "abc"])).status).toBe(204);
    expect((await meta("abc", ["starts-with", "$x-amz-meta-a", "ab"])).status).toBe(204);
    expect((await meta("abc", { "X-AMZ-META-A": "abc" })).status).toBe(204);
    for (const condition of [
      ["eq", "$x-amz-meta-a", "ABC"],
      ["starts-with", "$x-amz-meta-a", "b"],
      { "x-amz-meta-a": "ab" },
    ])
      expect(await meta("abc", condition)).toMatchObject(refusal(403, "AccessDenied"));
    const types = (type: string) =>
      post({
        fields: { key: "t" },
        conditions: [["starts-with", "$Content-Type", "image/"]],
        change: { "Content-Type": type },
      });
    expect((await types("image/png,image/gif")).status).toBe(204);
    expect(await types("image/png,text/html")).toMatchObject(refusal(403, "AccessDenied"));
  });

  it("speaks of every field, of the bucket and of the key as it will be", async () => {
    expect(await post({ change: { "x-amz-meta-b": "1" } })).toMatchObject(refusal(403, "AccessDenied"));
    expect(await post({ conditions: [{ "x-amz-meta-b": "1" }] })).toMatchObject(refusal(403, "AccessDenied"));
    expect(
      await post({
        policy: {
          expiration: "2999-01-01T00:00:00Z",
          conditions: [
            ["starts-with", "$key", ""],
            ["starts-with", "$x-amz-algorithm", ""],
          ],
        },
      }),
    ).toMatchObject(refusal(403, "AccessDenied"));
    expect(await post({ fields: { key: "mine/${filename}" }, change: { key: "theirs/${filename}" } })).toMatchObject(
      refusal(403, "AccessDenied"),
    );
    expect(await post({ policy: policyOf([{ bucket: "other" }]) })).toMatchObject(refusal(403, "AccessDenied"));
    // A file's name cannot lead out of the folder the policy names.
    expect((await post({ fields: { key: "mine/${filename}" }, fileName: "../theirs/x" })).status).toBe(204);
    expect((await get("mine/x")).status).toBe(200);
  });

  it("ends, and bounds the size", async () => {
    expect(await post({ endsIn: -1 })).toMatchObject({
      ...refusal(403, "AccessDenied"),
      body: expect.stringContaining("Policy expired") as unknown,
    });
    expect(await post({ fields: { key: "sized" }, conditions: [["content-length-range", 1, 5]] })).toMatchObject(
      refusal(400, "EntityTooLarge"),
    );
    expect(await post({ fields: { key: "sized" }, conditions: [["content-length-range", 7, 9]] })).toMatchObject(
      refusal(400, "EntityTooSmall"),
    );
    expect((await get("sized")).code).toBe("NoSuchKey");
    expect((await post({ conditions: [["content-length-range", 6, "6"]] })).status).toBe(204);
  });

  it.each([
    ["no JSON", "x"],
    ["a list", []],
    ["no conditions", { expiration: "2999-01-01T00:00:00Z" }],
    ["no expiration", { conditions: [] }],
    ["another case", { Expiration: "2999-01-01T00:00:00Z", conditions: [] }],
    ["a date that is none", policyOf([], "2999-13-01T00:00:00Z")],
    ["a number", policyOf([], 4_000_000_000)],
    ["an unknown operator", policyOf([["ends-with", "$key", "x"]])],
    ["a field without $", policyOf([["eq", "key", "x"]])],
    ["too few", policyOf([["content-length-range", 0]])],
    ["a negative size", policyOf([["content-length-range", -1, 5]])],
    ["an empty condition", policyOf([{}])],
    ["a value that is no text", policyOf([{ key: { a: 1 } }])],
  ])("with %s is refused", async (_name, policy) => {
    expect(await post({ policy })).toMatchObject(refusal(400, "InvalidPolicyDocument"));
  });
});

describe("the signature of a form", () => {
  it("is that of its policy, with a key that may be used, for this region", async () => {
    const changed = (change: FormShape["change"]) => post({ fields: { key: "signed" }, change });
    const forged = Buffer.from(JSON.stringify({ expiration: "2999-01-01T00:00:00Z", conditions: [] })).toString(
      "base64",
    );
    expect(await changed({ policy: forged })).toMatchObject(refusal(403, "SignatureDoesNotMatch"));
    expect(await changed({ "x-amz-signature": "0".repeat(64) })).toMatchObject(refusal(403, "SignatureDoesNotMatch"));
    expect(await post({}, { ...pair, secretAccessKey: "0".repeat(40) })).toMatchObject(
      refusal(403, "SignatureDoesNotMatch"),
    );
    expect(await post({}, { ...pair, accessKeyId: "A".repeat(20) })).toMatchObject(refusal(403, "InvalidAccessKeyId"));
    expect(await changed({ "x-amz-signature": undefined })).toMatchObject(refusal(400, "InvalidArgument"));
    expect(await changed({ "x-amz-algorithm": "AWS4-HMAC-SHA1" })).toMatchObject(refusal(400, "InvalidArgument"));
    expect(await changed({ policy: undefined })).toMatchObject(refusal(403, "AccessDenied"));
    expect(await changed({ signature: "x", AWSAccessKeyId: "x" })).toMatchObject(refusal(400, "InvalidRequest"));
    expect(await send(server.endpoint(), signedForm(pair, "south-1", { bucket: "uploads" }))).toMatchObject(
      refusal(400, "InvalidArgument"),
    );
    expect((await get("signed")).code).toBe("NoSuchKey");
  });

  it("dies with its key, also while the file is on its way", async () => {
    const doomed = await server.addKey("demo");
    const route = `/regions/north/accounts/demo/keys/${doomed.accessKeyId}`;
    const {
      headers = {},
      target,
      body = "",
    } = signedForm(doomed, "north-1", { bucket: "uploads", fields: { key: "running" }, file: Buffer.alloc(2_000_000) });
    const { hostname, port } = new URL(server.endpoint());
    const outgoing = request({
      hostname,
      port,
      method: "POST",
      path: target,
      headers: { ...headers, "content-length": body.length },
    });
    const answer = new Promise<string>((resolve, reject) => {
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => incoming.setEncoding("utf8").on("data", resolve));
    });
    await new Promise<void>((written) => outgoing.write(body.slice(0, 1_000_000), () => written()));
    await expect
      .poll(async () =>
        JSON.stringify((await server.admin("GET", "/regions/north/accounts/demo/keys")).body).includes("lastUsed"),
      )
      .toBe(true);
    await server.admin("DELETE", route);
    outgoing.end(body.slice(1_000_000));
    expect(await answer).toContain("InvalidAccessKeyId");
    expect(await post({}, doomed)).toMatchObject(refusal(403, "InvalidAccessKeyId"));
    expect((await get("running")).code).toBe("NoSuchKey");
  });
});

describe("broken forms", () => {
  const wire = (text: string, boundary = "b", method = "POST"): RawRequest => ({
    method,
    target: "/uploads",
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: text,
  });

  it("are refused", async () => {
    const field = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    for (const text of [
      "",
      "--b",
      "--b\r\n\r\n\r\n--b--",
      "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--",
      "--bx\r\n",
      field("key", "k"),
      "\0".repeat(100),
    ])
      expect(await send(server.endpoint(), wire(text)), JSON.stringify(text)).toMatchObject(
        refusal(400, "MalformedPOSTRequest"),
      );
    expect(await send(server.endpoint(), wire(`${field("key", "k")}--b--`))).toMatchObject(
      refusal(400, "IncorrectNumberOfFilesInPostRequest"),
    );
    expect(await send(server.endpoint(), wire(field("a", "1") + field("A", "2")))).toMatchObject(
      refusal(400, "InvalidArgument"),
    );
    for (const text of [
      field("large", "x".repeat(21_000)),
      Array.from({ length: 400 }, (_, index) => field(`f${index}`, "x")).join(""),
      "x".repeat(30_000),
      `--b\r\n${"x".repeat(30_000)}`,
    ])
      expect(await send(server.endpoint(), wire(text))).toMatchObject(refusal(400, "MaxPostPreDataLengthExceeded"));
    expect(await send(server.endpoint(), postForm("/uploads", { key: "k" }, "file", "f"))).toMatchObject(
      refusal(403, "AccessDenied"),
    );
    const cut = signedForm(pair, "north-1", { bucket: "uploads", fields: { key: "cut" } });
    expect(await send(server.endpoint(), { ...cut, body: cut.body?.slice(0, -50) })).toMatchObject(
      refusal(400, "MalformedPOSTRequest"),
    );
    expect((await get("cut")).code).toBe("NoSuchKey");
    const signed = wire("--b--");
    expect(
      await send(server.endpoint(), { ...signed, headers: signHeaders(server.endpoint(), pair, signed) }),
    ).toMatchObject({ status: 501, code: "NotImplemented" });
  });

  it("are taken apart alike, however their bytes arrive", async () => {
    const body = Buffer.from(
      'preamble\r\n--b\r\ncontent-disposition: form-data; NAME=plain\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a\\"b.txt"\r\nContent-Type: x/y\r\n\r\n1\r\n--\r\n-\r\n--b--\r\nepilogue',
    );
    for (const size of [1, 2, 3, 7, body.length]) {
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.subarray(index * size, (index + 1) * size),
      );
      const reader = new FormReader(
        (async function* () {
          yield* pieces;
        })(),
        "b",
      );
      await reader.begin();
      expect(await reader.nextPart()).toMatchObject({ name: "plain" });
      expect((await reader.readField()).toString()).toBe("");
      expect(await reader.nextPart()).toEqual({ name: "file", fileName: 'a"b.txt', contentType: "x/y" });
      expect((await reader.readField()).toString()).toBe("1\r\n--\r\n-");
      expect(await reader.nextPart()).toBeUndefined();
    }
  });

  it("are told by their content type", () => {
    expect(
      [
        "multipart/form-data; boundary=abc",
        'Multipart/Form-Data; charset=utf-8; boundary="a b"',
        "multipart/form-data",
        "text/plain; boundary=x",
        undefined,
      ].map(readBoundary),
    ).toEqual(["abc", "a b", undefined, undefined, undefined]);
  });
});
