import { createHash } from "node:crypto";
import { type Agent, request } from "node:http";
import { Secret } from "@/lib/platform/secret";
import { deriveSigningKey, hmac, stringToSign } from "@/lib/builtin-s3/signature/credential";
import { parseTarget } from "@/lib/builtin-s3/signature/target";
import type { Pair } from "./test-server";

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** The `Code` of an error document. */
  code?: string;
}

export interface RawRequest {
  method?: string;
  /** The request target exactly as it goes on the wire. */
  target: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  agent?: Agent;
}

/** Sends a request without any client's help, so that targets no client would send can be sent. */
export function send(
  endpoint: string,
  { method = "GET", target, headers = {}, body = "", agent }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method,
        path: target,
        headers: { host: `${hostname}:${port}`, "content-length": Buffer.byteLength(body), ...headers },
        agent,
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on("data", (piece: Buffer) => pieces.push(piece));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(pieces).toString("utf8");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: text,
            code: /<Code>(\w+)</.exec(text)?.[1],
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export interface SigningOptions {
  region?: string;
  now?: number;
  payloadHash?: string;
}

/** The headers that sign a request; what is signed is the target as given. */
export function signHeaders(
  endpoint: string,
  pair: Pair,
  { method = "GET", target, headers = {}, body = "" }: RawRequest,
  options: SigningOptions = {},
): Record<string, string> {
  const amzDate = new Date(options.now ?? Date.now()).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const payloadHash = options.payloadHash ?? createHash("sha256").update(body).digest("hex");
  const all: Record<string, string> = {
    host: new URL(endpoint).host,
    "x-amz-date": amzDate,
    "x-amz-content-sha256": payloadHash,
    ...headers,
  };
  const parsed = parseTarget(target);
  if (!parsed) throw new Error(`cannot sign ${target}`);
  const credential = {
    accessKeyId: pair.accessKeyId,
    date: amzDate.slice(0, 8),
    region: options.region ?? "north-1",
    service: "s3",
    scope: "",
  };
  credential.scope = `${credential.date}/${credential.region}/s3/aws4_request`;
  const signedHeaders = Object.keys(all).sort();
  const text = stringToSign(
    { method, target: parsed, headers: new Map(Object.entries(all)), signedHeaders, payloadHash },
    amzDate,
    credential.scope,
  );
  const signature = hmac(deriveSigningKey(new Secret(pair.secretAccessKey), credential), text ?? "").toString("hex");
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${pair.accessKeyId}/${credential.scope}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
  };
}

/** Signs and sends. */
export function sendSigned(
  endpoint: string,
  pair: Pair,
  raw: RawRequest,
  options?: SigningOptions,
): Promise<RawAnswer> {
  return send(endpoint, { ...raw, headers: signHeaders(endpoint, pair, raw, options) });
}

export interface PresignOptions {
  /** Seconds. */
  expires: number;
  region?: string;
  now?: number;
}

/** The target that carries its signature in its query. */
export function presign(
  endpoint: string,
  pair: Pair,
  { method = "GET", target }: RawRequest,
  { expires, region = "north-1", now = Date.now() }: PresignOptions,
): string {
  const amzDate = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${amzDate.slice(0, 8)}/${region}/s3/aws4_request`;
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${pair.accessKeyId}/${scope}`,
    "X-Amz-Date": amzDate,
    "X-Amz-Expires": String(expires),
    "X-Amz-SignedHeaders": "host",
  };
  const full = `${target}${target.includes("?") ? "&" : "?"}${Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&")}`;
  const parsed = parseTarget(full);
  if (!parsed) throw new Error(`cannot presign ${target}`);
  const text = stringToSign(
    {
      method,
      target: parsed,
      headers: new Map([["host", new URL(endpoint).host]]),
      signedHeaders: ["host"],
      payloadHash: "UNSIGNED-PAYLOAD",
    },
    amzDate,
    scope,
  );
  const key = deriveSigningKey(new Secret(pair.secretAccessKey), {
    accessKeyId: pair.accessKeyId,
    date: amzDate.slice(0, 8),
    region,
    service: "s3",
    scope,
  });
  return `${full}&X-Amz-Signature=${hmac(key, text ?? "").toString("hex")}`;
}
