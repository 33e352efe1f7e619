import { describe, expect, it } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { ChunkDecoder } from "./chunked";
import { parseTarget } from "./target";
import { type ChunkSeed, verifyRequest } from "./verify";

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and its neighbours.
const ID = "AKIAIOSFODNN7EXAMPLE";
const key = { secret: new Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY") };
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const context = {
  signingRegion: "us-east-1",
  now: Date.UTC(2013, 4, 24),
  findKey: (id: string) => (id === ID ? key : undefined),
};

function verify(
  method: string,
  rawTarget: string,
  headers: Record<string, string>,
  signed?: string,
  signature?: string,
) {
  const target = parseTarget(rawTarget);
  if (!target) throw new Error("target");
  const authorization = `AWS4-HMAC-SHA256 Credential=${ID}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`;
  return verifyRequest(
    { method, target, headers: new Map(Object.entries(signed ? { ...headers, authorization } : headers)) },
    context,
  );
}

const bucketHost = { host: "examplebucket.s3.amazonaws.com", "x-amz-date": "20130524T000000Z" };

describe("the examples of the AWS documentation", () => {
  it.each([
    [
      "GET with a range",
      "GET",
      "/test.txt",
      { ...bucketHost, range: "bytes=0-9", "x-amz-content-sha256": EMPTY },
      "host;range;x-amz-content-sha256;x-amz-date",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ],
    [
      "PUT of a name with a dollar sign",
      "PUT",
      "/test%24file.text",
      {
        ...bucketHost,
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      },
      "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ],
    [
      "GET of a subresource without a value",
      "GET",
      "/?lifecycle",
      { ...bucketHost, "x-amz-content-sha256": EMPTY },
      "host;x-amz-content-sha256;x-amz-date",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ],
    [
      "a listing",
      "GET",
      "/?max-keys=2&prefix=J",
      { ...bucketHost, "x-amz-content-sha256": EMPTY },
      "host;x-amz-content-sha256;x-amz-date",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ],
  ])("%s", (_name, method, target, headers, signed, signature) => {
    expect(verify(method, target, headers, signed, signature)).toMatchObject({ ok: true });
    expect(
      verify(
        method,
        target,
        headers,
        signed,
        signature.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
      ),
    ).toMatchObject({ ok: false, code: "SignatureDoesNotMatch" });
  });

  it("a presigned GET", () => {
    const target =
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    expect(verify("GET", target, { host: bucketHost.host })).toMatchObject({
      ok: true,
      presigned: true,
      payload: { kind: "unsigned" },
    });
    expect(verify("PUT", target, { host: bucketHost.host })).toMatchObject({
      ok: false,
      code: "SignatureDoesNotMatch",
    });
  });
});

const chunkHeaders = {
  host: "s3.amazonaws.com",
  "x-amz-date": "20130524T000000Z",
  "x-amz-storage-class": "REDUCED_REDUNDANCY",
  "content-encoding": "aws-chunked",
  "x-amz-decoded-content-length": "66560",
};

const CHUNKS = {
  plain: {
    headers: {
      ...chunkHeaders,
      "content-length": "66824",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    },
    signed:
      "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
    seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    signatures: [
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ],
    end: "\r\n",
  },
  trailer: {
    headers: {
      ...chunkHeaders,
      "x-amz-trailer": "x-amz-checksum-crc32c",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    },
    signed:
      "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
    seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    signatures: [
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ],
    end: "x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
  },
};

/** The body as the documentation writes it; its blank line after the trailer is a line break of the page. */
function bodyOf({ signatures, end }: { signatures: readonly string[]; end: string }): Buffer {
  const chunks = [65_536, 1024, 0].map(
    (size, index) =>
      `${size.toString(16)};chunk-signature=${signatures[index]}\r\n${size ? `${"a".repeat(size)}\r\n` : ""}`,
  );
  return Buffer.from(chunks.join("") + end.replace("\n\r\n", "\n"));
}

function decode(body: Buffer, seed: ChunkSeed, trailer: boolean, step: number) {
  const decoder = new ChunkDecoder({ seed, trailer });
  let size = 0;
  for (let at = 0; at < body.length; at += step)
    for (const piece of decoder.push(body.subarray(at, at + step))) size += piece.length;
  decoder.end();
  return { size, trailers: Object.fromEntries(decoder.trailers) };
}

describe.each([
  ["plain", false],
  ["trailer", true],
] as const)("the chunked upload of the documentation, %s", (name, trailer) => {
  const example = CHUNKS[name];
  const verified = verify("PUT", "/examplebucket/chunkObject.txt", example.headers, example.signed, example.seed);
  const seedOf = () => {
    if (!verified.ok) throw new Error(verified.code);
    return verified.seed;
  };

  it.each([1, 7, 1024, 1 << 20])("is accepted when it comes %d bytes at a time", (step) => {
    const expected = trailer ? { "x-amz-checksum-crc32c": "sOO8/Q==" } : {};
    expect(decode(bodyOf(example), seedOf(), trailer, step)).toEqual({ size: 66_560, trailers: expected });
  });

  it("is refused with any one byte changed", () => {
    const body = bodyOf(example);
    // Every byte of the framing, and a sample of the payload.
    for (
      let at = 0;
      at < body.length;
      at += body[at] === 0x61 && body[at + 1] === 0x61 && body[at - 1] === 0x61 ? 4099 : 1
    ) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => decode(changed, seedOf(), trailer, changed.length), `byte ${at}`).toThrow();
    }
  });

  it("is refused when it is cut short or goes on", () => {
    const body = bodyOf(example);
    for (const length of [0, 10, 66_000, body.length - 1])
      expect(() => decode(body.subarray(0, length), seedOf(), trailer, 4096)).toThrow();
    expect(() => decode(Buffer.concat([body, Buffer.from("x")]), seedOf(), trailer, 4096)).toThrow();
  });
});
