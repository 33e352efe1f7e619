/** How a request signs its body. */
export type PayloadKind =
  { kind: "unsigned" } | { kind: "hash"; sha256: string } | { kind: "chunked"; signed: boolean; trailer: boolean };

const STREAMING: Record<string, PayloadKind> = {
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { kind: "chunked", signed: true, trailer: false },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { kind: "chunked", signed: true, trailer: true },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { kind: "chunked", signed: false, trailer: true },
};

/** Reads the value of `x-amz-content-sha256`; undefined for a value that S3 does not know. */
export function parsePayloadKind(value: string): PayloadKind | undefined {
  if (value === "UNSIGNED-PAYLOAD") return { kind: "unsigned" };
  if (/^[0-9a-f]{64}$/.test(value)) return { kind: "hash", sha256: value };
  return Object.hasOwn(STREAMING, value) ? STREAMING[value] : undefined;
}
