import { createHash, createHmac } from "node:crypto";

export interface KnownPair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What a gateway says to a pair; `no-answer` when it says nothing that tells. */
export type GatewayAnswer = "accepted" | "refused" | "no-answer";

const EMPTY = createHash("sha256").update("").digest("hex");
const ANSWER_WITHIN_MS = 5_000;

/** Lists the buckets with a pair, as any S3 client does (AWS Signature Version 4), at one gateway. */
export async function askGateway(endpoint: string, signingRegion: string, pair: KnownPair): Promise<GatewayAnswer> {
  const { host } = new URL(endpoint);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${signingRegion}/s3/aws4_request`;
  const signedHeaders = "host;x-amz-content-sha256;x-amz-date";
  const canonical = [
    "GET",
    "/",
    "",
    `host:${host}`,
    `x-amz-content-sha256:${EMPTY}`,
    `x-amz-date:${time}`,
    "",
    signedHeaders,
    EMPTY,
  ];
  const hashed = createHash("sha256").update(canonical.join("\n")).digest("hex");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${pair.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, hashed].join("\n")).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${pair.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  try {
    const headers = { authorization, "x-amz-content-sha256": EMPTY, "x-amz-date": time, connection: "close" };
    const reply = await fetch(`${endpoint}/`, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const body = await reply.text();
    if (reply.status === 200 && body.includes("ListAllMyBucketsResult")) return "accepted";
    return reply.status === 403 ? "refused" : "no-answer";
  } catch {
    return "no-answer";
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
