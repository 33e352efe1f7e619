import { createHash } from "node:crypto";
import { Secret } from "@/lib/platform/secret";
import { deriveSigningKey, hmac, sha256Hex } from "@/lib/builtin-s3/signature/credential";
import { type RawRequest, signHeaders } from "./raw-request";
import type { Pair } from "./test-server";

const EMPTY = sha256Hex("");

/** A PUT in signed chunks, with the SHA-256 of the body in a signed trailer when one is wanted. */
export function signedChunks(endpoint: string, pair: Pair, target: string, body: Buffer, trailer: boolean): RawRequest {
  const payloadHash = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? "-TRAILER" : ""}`;
  const more = {
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": String(body.length),
    ...(trailer ? { "x-amz-trailer": "x-amz-checksum-sha256" } : {}),
  };
  const headers = signHeaders(endpoint, pair, { method: "PUT", target, headers: more }, { payloadHash });
  const [, scope = ""] = /Credential=[^/]+\/([^,]+)/.exec(headers.authorization ?? "") ?? [];
  const [date = "", region = ""] = scope.split("/");
  const key = deriveSigningKey(new Secret(pair.secretAccessKey), {
    accessKeyId: pair.accessKeyId,
    date,
    region,
    service: "s3",
    scope,
  });
  const amzDate = headers["x-amz-date"] ?? "";
  let previous = headers.authorization?.slice(-64) ?? "";
  const pieces: (Buffer | string)[] = [];
  const half = Math.ceil(body.length / 2);
  for (const chunk of [body.subarray(0, half), body.subarray(half), Buffer.alloc(0)]) {
    previous = hmac(
      key,
      ["AWS4-HMAC-SHA256-PAYLOAD", amzDate, scope, previous, EMPTY, sha256Hex(chunk)].join("\n"),
    ).toString("hex");
    pieces.push(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`, chunk, chunk.length > 0 ? "\r\n" : "");
  }
  if (trailer) {
    const line = `x-amz-checksum-sha256:${createHash("sha256").update(body).digest("base64")}`;
    const signature = hmac(
      key,
      ["AWS4-HMAC-SHA256-TRAILER", amzDate, scope, previous, sha256Hex(`${line}\n`)].join("\n"),
    ).toString("hex");
    pieces.push(`${line}\r\nx-amz-trailer-signature:${signature}\r\n`);
  }
  pieces.push("\r\n");
  return { method: "PUT", target, headers, body: Buffer.concat(pieces.map((piece) => Buffer.from(piece))) };
}
