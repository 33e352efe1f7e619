import { createHash } from "node:crypto";
import { sendOutbound } from "@/lib/platform/net/outbound";
import { OutboundError } from "@/lib/platform/net/outbound-error";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Gateway } from "@/lib/providers/provider";
import { signRequest, type SigningCredentials } from "@/lib/providers/sign-request";

const ANSWER_MAX_BYTES = 16_384;
const OBJECT = "upload";
const TEXT = "hello";
/** The text in one chunk, and its CRC32 as a trailer: how SDKs upload a stream since 2025. */
const CHUNKS = `${TEXT.length.toString(16)}\r\n${TEXT}\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n`;
const CHUNK_HEADERS = {
  "content-encoding": "aws-chunked",
  "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "x-amz-decoded-content-length": String(TEXT.length),
  "x-amz-trailer": "x-amz-checksum-crc32",
};

/**
 * Whether a gateway stores an upload with a checksum as a trailer as it was sent. Some refuse it, and some keep the
 * framing of the chunks as data. Makes a bucket with the key and removes it. The bucket's name comes from the access key's
 * owner, so that what an interrupted probe leaves is found by the next one. Throws `unavailable` when the gateway gives no
 * answer, and `invalid` when the key may make no bucket: nothing is known then.
 */
export async function probeUpload(
  gateway: Gateway,
  owner: string,
  credentials: SigningCredentials,
  context: CallContext,
): Promise<boolean> {
  const bucket = `/lk-probe-${createHash("sha256").update(owner).digest("hex").slice(0, 24)}`;
  const send = async (method: "GET" | "PUT" | "DELETE", path: string, body?: string) => {
    const base = new URL(gateway.endpoint);
    const headers = await signRequest(credentials, { method, base, path, headers: body ? CHUNK_HEADERS : {} });
    const request = { method, headers, body: body ?? "", signal: context.signal, maxBytes: ANSWER_MAX_BYTES };
    return sendOutbound(new URL(path, base), { ...request, beyond: "cut" }).catch((error: unknown) => {
      const why = error instanceof OutboundError ? `: ${error.message}` : "";
      throw new ProviderError("unavailable", `${gateway.name} at ${gateway.endpoint} did not answer${why}`);
    });
  };
  const made = await send("PUT", bucket);
  if (made.status !== 200 && made.status !== 409)
    throw new ProviderError("invalid", `${gateway.name} makes no bucket: it answered ${made.status}`);
  try {
    const { status } = await send("PUT", `${bucket}/${OBJECT}`, CHUNKS);
    if (status === 403 || status === 429 || (status >= 500 && status !== 501))
      throw new ProviderError("unavailable", `${gateway.name} answered an upload with ${status}`);
    if (status !== 200) return false;
    return (await send("GET", `${bucket}/${OBJECT}`)).text === TEXT;
  } finally {
    await send("DELETE", `${bucket}/${OBJECT}`);
    await send("DELETE", bucket);
  }
}
