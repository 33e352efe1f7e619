import { createHash, createHmac } from "node:crypto";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { encodePath, encodeStrict, parseTarget } from "./target";
import { verifyRequest } from "./verify";

const ID = "LKTESTABCDEFGHIJKLMN";
const SECRET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN";
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const key = { secret: new Secret(SECRET) };

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash("sha256")
        : createHmac("sha256", typeof secret === "string" ? secret : Buffer.from(secret as Uint8Array));
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

const signer = new SignatureV4({
  credentials: { accessKeyId: ID, secretAccessKey: SECRET },
  region: "north-1",
  service: "s3",
  sha256: Sha256,
  uriEscapePath: false,
  applyChecksum: false,
});

interface Wire {
  method: string;
  url: string;
  headers: [string, string][];
}

function verify(wire: Wire, now = NOW) {
  const target = parseTarget(wire.url);
  if (!target) return { ok: false as const, code: "InvalidURI" as const };
  return verifyRequest(
    { method: wire.method, target, headers: new Map(wire.headers) },
    { signingRegion: "north-1", now, findKey: (id) => (id === ID ? key : undefined) },
  );
}

const nasty = fc.constantFrom(
  "/",
  "//",
  "..",
  ".",
  "+",
  "%",
  "%2F",
  " ",
  "ü",
  "日本",
  "𝄞",
  "&",
  "=",
  "?",
  "#",
  ";",
  ":",
  "'",
  "(",
  "*",
  "~",
  "\u0001",
  "\ufeff",
);
const name = fc
  .array(fc.oneof(nasty, fc.string({ maxLength: 5, unit: "grapheme" })), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));
const queryName = name.filter((text) => !text.startsWith("X-Amz-") && text !== "__proto__");
const shape = fc.record({
  method: fc.constantFrom("GET", "PUT", "HEAD", "DELETE", "POST"),
  path: name.map((text) => `/bucket/${text}`),
  query: fc.dictionary(queryName, fc.oneof(name, fc.constant(""), fc.array(name, { minLength: 2, maxLength: 3 })), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
  metadata: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), fc.stringMatching(/^[!-~]([ -~]{0,12}[!-~])?$/), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  body: fc.string({ maxLength: 20 }),
  presign: fc.boolean(),
});

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

async function signed({ method, path, query, metadata, body, presign }: Shape): Promise<Wire> {
  const headers: Record<string, string> = { host: "127.0.0.1:9000" };
  for (const [suffix, value] of Object.entries(metadata)) headers[`x-amz-meta-${suffix}`] = value;
  headers["x-amz-content-sha256"] = presign ? "UNSIGNED-PAYLOAD" : createHash("sha256").update(body).digest("hex");
  const request = new HttpRequest({
    method,
    protocol: "http:",
    hostname: "127.0.0.1",
    port: 9000,
    path: encodePath(path),
    query,
    headers,
  });
  const signingDate = new Date(NOW);
  const done = presign
    ? await signer.presign(request, { signingDate, expiresIn: 600 })
    : await signer.sign(request, { signingDate });
  const pairs = Object.entries(done.query ?? {}).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((one) => `${encodeStrict(field)}=${encodeStrict(one)}`),
  );
  return {
    method,
    url: done.path + (pairs.length > 0 ? `?${pairs.join("&")}` : ""),
    headers: Object.entries(done.headers).map(([field, value]) => [field.toLowerCase(), value]),
  };
}

/** Every way in which the request could be another one. */
function mutationsOf(wire: Wire, pick: number): Wire[] {
  const withHeader = (field: string, change: (value: string) => string): Wire => ({
    ...wire,
    headers: wire.headers.map(([name_, value]) => [name_, name_ === field ? change(value) : value]),
  });
  const [path = "", query] = wire.url.split("?", 2);
  const withQuery = (text: string): Wire => ({ ...wire, url: `${path}?${text}` });
  const list: Wire[] = [
    { ...wire, method: wire.method === "GET" ? "PUT" : "GET" },
    { ...wire, url: `${path}x${query === undefined ? "" : `?${query}`}` },
    { ...wire, url: `/${path}${query === undefined ? "" : `?${query}`}` },
    { ...wire, url: `${path}/${query === undefined ? "" : `?${query}`}` },
    withQuery(query === undefined ? "a" : `${query}&a`),
    withQuery(query === undefined ? "acl" : `acl&${query}`),
    { ...wire, headers: [...wire.headers, ["x-amz-meta-added", "1"]] },
    { ...wire, headers: [...wire.headers, ["x-amz-copy-source", "/b/k"]] },
    { ...wire, headers: wire.headers.filter(([field]) => field !== "host") },
  ];
  for (const [field, value] of wire.headers) {
    if (field === "authorization") {
      list.push(withHeader(field, (text) => text.replace("20260102/", "20260103/")));
      list.push(withHeader(field, (text) => text.replace("/north-1/", "/south-1/")));
      list.push(withHeader(field, (text) => text.replace("/s3/", "/s4/")));
      list.push(withHeader(field, (text) => text.replace(ID, "LKTESTABCDEFGHIJKLMX")));
      list.push(withHeader(field, (text) => text.replace("SignedHeaders=host;", "SignedHeaders=")));
    }
    const at = pick % Math.max(value.length, 1);
    if (field !== "authorization")
      list.push(withHeader(field, () => value.slice(0, at) + (value[at] === "0" ? "1" : "0") + value.slice(at + 1)));
  }
  const signature = /[0-9a-f]{64}$|(?<=X-Amz-Signature=)[0-9a-f]{64}/;
  const flip = (text: string) =>
    text.replace(
      signature,
      (hex) => hex.slice(0, pick % 64) + (hex[pick % 64] === "0" ? "1" : "0") + hex.slice((pick % 64) + 1),
    );
  list.push(query?.includes("X-Amz-Signature") ? { ...wire, url: flip(wire.url) } : withHeader("authorization", flip));
  for (const [index, pair] of (query?.split("&") ?? []).entries()) {
    const pairs = query?.split("&") ?? [];
    list.push(withQuery(pairs.filter((_, other) => other !== index).join("&")));
    list.push(withQuery(pairs.map((other, at) => (at === index ? `${pair}0` : other)).join("&")));
  }
  return list;
}

it("accepts 2,000 requests signed by an SDK's signer, and refuses every mutation of each", async () => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(shape, fc.nat(), async (input, pick) => {
      const wire = await signed(input);
      const result = verify(wire);
      expect(result, JSON.stringify(wire)).toMatchObject({ ok: true, presigned: input.presign });
      accepted += 1;
      for (const mutation of mutationsOf(wire, pick)) {
        const outcome = verify(mutation);
        if (outcome.ok) throw new Error(`accepted ${JSON.stringify(mutation)} for ${JSON.stringify(wire)}`);
        refused += 1;
      }
      const late = verify(wire, NOW + 15 * 60_000 + 1000);
      expect(late).toMatchObject({ ok: false, code: input.presign ? "AccessDenied" : "RequestTimeTooSkewed" });
    }),
    { numRuns: 2000, seed: 20_260_102 },
  );
  expect(accepted).toBeGreaterThanOrEqual(2000);
  expect(refused).toBeGreaterThan(30_000);
});

it("answers an unknown key before a wrong scope, and a wrong scope before a wrong signature", async () => {
  const wire = await signed({ method: "GET", path: "/bucket/k", query: {}, metadata: {}, body: "", presign: false });
  const change = (from: string, to: string): Wire => ({
    ...wire,
    headers: wire.headers.map(([field, value]) => [field, value.replace(from, to)]),
  });
  expect(verify(change(`${ID}/20260102/north-1`, "LKTESTABCDEFGHIJKLMX/20260102/elsewhere"))).toMatchObject({
    code: "InvalidAccessKeyId",
  });
  expect(verify(change("north-1", "elsewhere"))).toMatchObject({
    code: "AuthorizationHeaderMalformed",
    detail: { Region: "north-1" },
  });
  expect(verify({ ...wire, headers: wire.headers.filter(([field]) => field !== "authorization") })).toMatchObject({
    code: "AccessDenied",
  });
});
