import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "@/lib/platform/secret";
import type { HeaderMap } from "./headers";
import { canonicalQuery, encodePath, type RequestTarget } from "./target";

export const ALGORITHM = "AWS4-HMAC-SHA256";

/** The parts of `ACCESSKEYID/20260101/north-1/s3/aws4_request`. */
export interface Credential {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  scope: string;
}

/** Reads a credential. Undefined unless it has five parts and ends in `aws4_request`. */
export function parseCredential(text: string): Credential | undefined {
  const [accessKeyId, date, region, service, terminator, ...rest] = text.split("/");
  if (!accessKeyId || !date || !region || !service || terminator !== "aws4_request" || rest.length > 0)
    return undefined;
  if (!/^\d{8}$/.test(date)) return undefined;
  return { accessKeyId, date, region, service, scope: `${date}/${region}/${service}/${terminator}` };
}

/** Milliseconds since the epoch of `20260101T000000Z`; undefined for another form or an impossible date. */
export function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const iso = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`;
  const time = Date.parse(iso);
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? undefined : time;
}

export function sha256Hex(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

export function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** The signing key of a secret for one credential scope. */
export function deriveSigningKey(secret: Secret, credential: Credential): Buffer {
  const dateKey = hmac(`AWS4${secret.reveal()}`, credential.date);
  return hmac(hmac(hmac(dateKey, credential.region), credential.service), "aws4_request");
}

/** Compares two hex signatures in constant time. */
export function signaturesEqual(expected: string, given: string): boolean {
  const a = Buffer.from(expected, "latin1");
  const b = Buffer.from(given, "latin1");
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface CanonicalInput {
  method: string;
  target: RequestTarget;
  headers: HeaderMap;
  signedHeaders: readonly string[];
  payloadHash: string;
  /** The query parameter that carries the signature itself. */
  withoutQuery?: string;
}

/** The string to sign of a request. Undefined when a signed header is missing. */
export function stringToSign(input: CanonicalInput, amzDate: string, scope: string): string | undefined {
  let headerLines = "";
  for (const name of input.signedHeaders) {
    const value = input.headers.get(name);
    if (value === undefined) return undefined;
    headerLines += `${name}:${foldSpaces(value)}\n`;
  }
  const canonical = [
    input.method,
    encodePath(input.target.path),
    canonicalQuery(input.target.query, input.withoutQuery),
    headerLines,
    input.signedHeaders.join(";"),
    input.payloadHash,
  ].join("\n");
  // Node gives the bytes of header values as latin1 text: hashed as UTF-8, they would be encoded twice.
  return `${ALGORITHM}\n${amzDate}\n${scope}\n${sha256Hex(Buffer.from(canonical, "latin1"))}`;
}

/** Trims spaces and tabs only, as the canonical form demands. `trim` would also remove a no-break space. */
function foldSpaces(value: string): string {
  return value.replace(/[ \t]+/g, " ").replace(/^ | $/g, "");
}
