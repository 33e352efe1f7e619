import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import type { AccessKey } from "../fixtures/access-key";

export interface HttpAnswer {
  status: number;
  body: string;
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SIGNED_HEADERS = "host;x-amz-content-sha256;x-amz-date";
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const signingKeys = new Map<string, Buffer>();

const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();

/** Sends one request on a keep-alive connection, as cheaply as Node can. */
export function sendHttp(
  method: string,
  url: URL,
  headers: Record<string, string> = {},
  body?: string,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * Sends a request without a body, signed with a key (SigV4, service `s3`). The query parameters must be in alphabetical
 * order and escaped.
 */
export function sendSigned(method: string, url: URL, key: AccessKey, signingRegion: string): Promise<HttpAnswer> {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const scope = `${date}/${signingRegion}/s3/aws4_request`;
  const head = `host:${url.host}\nx-amz-content-sha256:${EMPTY_SHA256}\nx-amz-date:${time}\n`;
  const canonical = `${method}\n${url.pathname}\n${url.search.slice(1)}\n${head}\n${SIGNED_HEADERS}\n${EMPTY_SHA256}`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = hmac(findSigningKey(key, date, signingRegion), text).toString("hex");
  return sendHttp(method, url, {
    "x-amz-date": time,
    "x-amz-content-sha256": EMPTY_SHA256,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`,
  });
}

export function closeConnections(): void {
  agent.destroy();
}

function findSigningKey(key: AccessKey, date: string, signingRegion: string): Buffer {
  const name = `${key.accessKeyId} ${date} ${signingRegion}`;
  const known = signingKeys.get(name);
  if (known) return known;
  const made = hmac(hmac(hmac(hmac(`AWS4${key.secretAccessKey}`, date), signingRegion), "s3"), "aws4_request");
  signingKeys.set(name, made);
  return made;
}
