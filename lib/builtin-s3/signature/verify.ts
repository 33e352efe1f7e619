import type { Secret } from "@/lib/platform/secret";
import type { S3ErrorCode } from "../s3-error";
import {
  ALGORITHM,
  type Credential,
  deriveSigningKey,
  hmac,
  parseAmzDate,
  parseCredential,
  signaturesEqual,
  stringToSign,
} from "./credential";
import type { HeaderMap } from "./headers";
import { parsePayloadKind, type PayloadKind } from "./payload";
import type { RequestTarget } from "./target";

export const SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRES_SECONDS = 7 * 24 * 3600;
/** S3's message for signatures of version 2. */
export const UNSUPPORTED = `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`;

export interface VerifiableRequest {
  method: string;
  target: RequestTarget;
  headers: HeaderMap;
}

export interface VerifyContext<K extends { secret: Secret }> {
  signingRegion: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Finds a key that works now; undefined for inactive and expired keys. */
  findKey(accessKeyId: string): K | undefined;
}

/** The start of the chain of a body's chunk signatures. */
export interface ChunkSeed {
  signature: string;
  signingKey: Buffer;
  amzDate: string;
  scope: string;
}

export type Verification<K> =
  | { ok: true; key: K; payload: PayloadKind; presigned: boolean; seed: ChunkSeed }
  | { ok: false; code: S3ErrorCode; message?: string; detail?: Record<string, string> };

interface Claim {
  credential: Credential;
  signedHeaders: string[];
  signature: string;
  amzDate: string;
  payloadHash: string;
  presignedSeconds?: number;
}

/**
 * Verifies an AWS Signature Version 4 in the Authorization header or the query. The checks are in this order: form,
 * key, scope, time, signature. So a removed key is answered `InvalidAccessKeyId` whatever else is wrong.
 */
export function verifyRequest<K extends { secret: Secret }>(
  request: VerifiableRequest,
  context: VerifyContext<K>,
): Verification<K> {
  const authorization = request.headers.get("authorization");
  const inQuery = request.target.query.some(([name]) => name === "X-Amz-Algorithm" || name === "X-Amz-Signature");
  if (authorization !== undefined && inQuery) {
    return refuse("InvalidArgument", "Only one auth mechanism allowed");
  }
  if (authorization === undefined && !inQuery) {
    const versionTwo = request.target.query.some(([name]) => name === "AWSAccessKeyId");
    return versionTwo ? refuse("InvalidRequest", UNSUPPORTED) : refuse("AccessDenied");
  }
  const claim = authorization === undefined ? readQueryClaim(request) : readHeaderClaim(request, authorization);
  if ("code" in claim) return claim;
  const malformed =
    claim.presignedSeconds === undefined ? "AuthorizationHeaderMalformed" : "AuthorizationQueryParametersError";

  const key = context.findKey(claim.credential.accessKeyId);
  if (!key) return refuse("InvalidAccessKeyId");
  if (claim.credential.service !== "s3") return refuse(malformed, "The credential scope must name the service s3.");
  if (claim.credential.region !== context.signingRegion) {
    const message = `The region '${claim.credential.region}' is wrong; expecting '${context.signingRegion}'`;
    return refuse(malformed, message, { Region: context.signingRegion });
  }
  const late = checkTime(claim, context.now, malformed);
  if (late) return late;
  const payload = parsePayloadKind(claim.payloadHash);
  if (!payload)
    return refuse(
      "InvalidArgument",
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a known STREAMING value or a SHA-256 in hex.",
    );
  if (payload.kind === "chunked" && claim.presignedSeconds !== undefined) {
    return refuse("NotImplemented", "A presigned request cannot carry a chunked payload.");
  }
  const unsigned = findUnsignedHeader(request.headers, claim.signedHeaders);
  if (unsigned)
    return refuse("AccessDenied", "There were headers present in the request which were not signed", {
      HeadersNotSigned: unsigned,
    });

  const text = stringToSign(
    {
      ...request,
      signedHeaders: claim.signedHeaders,
      payloadHash: claim.payloadHash,
      withoutQuery: claim.presignedSeconds === undefined ? undefined : "X-Amz-Signature",
    },
    claim.amzDate,
    claim.credential.scope,
  );
  const signingKey = deriveSigningKey(key.secret, claim.credential);
  const signature = text === undefined ? "" : hmac(signingKey, text).toString("hex");
  if (!signaturesEqual(signature, claim.signature)) return refuse("SignatureDoesNotMatch");
  const seed = { signature, signingKey, amzDate: claim.amzDate, scope: claim.credential.scope };
  return { ok: true, key, payload, presigned: claim.presignedSeconds !== undefined, seed };
}

type Refusal = Extract<Verification<never>, { ok: false }>;

export function refuse(code: S3ErrorCode, message?: string, detail?: Record<string, string>): Refusal {
  return { ok: false, code, message, detail };
}

function readHeaderClaim(request: VerifiableRequest, authorization: string): Claim | Refusal {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    return refuse("InvalidRequest", UNSUPPORTED);
  }
  const fields = new Map<string, string>();
  for (const part of authorization.slice(ALGORITHM.length + 1).split(",")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0)).trim();
    if (equals < 0 || fields.has(name)) return refuse("AuthorizationHeaderMalformed");
    fields.set(name, part.slice(equals + 1).trim());
  }
  const credential = parseCredential(fields.get("Credential") ?? "");
  const signedHeaders = parseSignedHeaders(fields.get("SignedHeaders") ?? "");
  const signature = fields.get("Signature") ?? "";
  if (!credential || !signedHeaders || fields.size !== 3 || !isSignature(signature))
    return refuse("AuthorizationHeaderMalformed");
  const payloadHash = request.headers.get("x-amz-content-sha256");
  if (payloadHash === undefined)
    return refuse("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  return { credential, signedHeaders, signature, amzDate: readDateHeader(request.headers), payloadHash };
}

/** `x-amz-date`, or the `Date` header in the same form; an empty text when neither can be read. */
function readDateHeader(headers: HeaderMap): string {
  const amzDate = headers.get("x-amz-date");
  if (amzDate !== undefined) return amzDate;
  const time = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(time) ? "" : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function readQueryClaim(request: VerifiableRequest): Claim | Refusal {
  const fields = new Map<string, string>();
  for (const [name, value] of request.target.query) {
    if (!name.startsWith("X-Amz-")) continue;
    if (fields.has(name)) return refuse("AuthorizationQueryParametersError", `${name} is given twice.`);
    fields.set(name, value);
  }
  const credential = parseCredential(fields.get("X-Amz-Credential") ?? "");
  const signedHeaders = parseSignedHeaders(fields.get("X-Amz-SignedHeaders") ?? "");
  const signature = fields.get("X-Amz-Signature") ?? "";
  const expires = fields.get("X-Amz-Expires") ?? "";
  if (fields.get("X-Amz-Algorithm") !== ALGORITHM || !credential || !signedHeaders || !isSignature(signature)) {
    return refuse("AuthorizationQueryParametersError");
  }
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > MAX_EXPIRES_SECONDS) {
    return refuse(
      "AuthorizationQueryParametersError",
      "X-Amz-Expires must be a number of seconds of at most a week (604800).",
    );
  }
  const payloadHash =
    fields.get("X-Amz-Content-Sha256") ?? request.headers.get("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
  return {
    credential,
    signedHeaders,
    signature,
    amzDate: fields.get("X-Amz-Date") ?? "",
    payloadHash,
    presignedSeconds: Number(expires),
  };
}

function parseSignedHeaders(text: string): string[] | undefined {
  const names = text.split(";");
  const wellFormed = names.every((name) => /^[!-9;-@[-~]+$/.test(name)) && new Set(names).size === names.length;
  return wellFormed && names.includes("host") ? names : undefined;
}

function isSignature(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function checkTime(claim: Claim, now: number, malformed: S3ErrorCode): Refusal | undefined {
  const time = parseAmzDate(claim.amzDate);
  if (time === undefined) {
    return claim.presignedSeconds === undefined
      ? refuse("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
      : refuse(malformed, "X-Amz-Date must be in the form of yyyyMMddTHHmmssZ.");
  }
  if (!claim.amzDate.startsWith(claim.credential.date))
    return refuse(malformed, "The date of the credential scope is not the date of the request.");
  if (claim.presignedSeconds === undefined)
    return Math.abs(now - time) > SKEW_MS ? refuse("RequestTimeTooSkewed") : undefined;
  if (time - now > SKEW_MS) return refuse("AccessDenied", "Request is not yet valid");
  return now - time > claim.presignedSeconds * 1000 ? refuse("AccessDenied", "Request has expired") : undefined;
}

/** Anybody who relays the request could add an unsigned `x-amz-*` header, which changes what the request does. */
function findUnsignedHeader(headers: HeaderMap, signedHeaders: readonly string[]): string | undefined {
  for (const name of headers.keys()) {
    if (name.startsWith("x-amz-") && !signedHeaders.includes(name)) return name;
  }
  return undefined;
}
