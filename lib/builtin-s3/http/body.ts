import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ChunkDecoder } from "../signature/chunked";
import type { HeaderMap } from "../signature/headers";
import type { PayloadKind } from "../signature/payload";
import type { ChunkSeed } from "../signature/verify";
import { S3Error } from "../s3-error";
import type { ChecksumAlgorithm } from "../store/records";
import { type ExpectedChecksum, headerOf, isDigest, readExpectedChecksum, startChecksum } from "./checksum";
import { readAtPace } from "./pace";

export interface BodySource {
  request: IncomingMessage;
  headers: HeaderMap;
  payload: PayloadKind;
  seed: ChunkSeed;
  /** Asks a client that waits for `100 Continue` to send its body. */
  invite(): void;
}

export interface BodyDigest {
  size: number;
  /** In hexadecimal digits. */
  md5: string;
  /** The checksum that the client sent, after it was verified, or the one of `BodyLimits`. In base64. */
  checksum?: { algorithm: ChecksumAlgorithm; value: string };
}

export interface BodyLimits {
  maxBytes: number;
  /** Computed also when the client sent no checksum. */
  checksum?: ChecksumAlgorithm;
  /** Refuses a body without an announced length. */
  lengthRequired?: boolean;
}

/**
 * Reads a request's payload, without the chunk framing, into `sink`. Verifies the length, the payload hash, the chunk
 * signatures, Content-MD5 and the checksum. Throws S3Error for the first that is wrong: the bytes that `sink` got must
 * not be used before this has returned.
 */
export async function readBody(
  source: BodySource,
  limits: BodyLimits,
  sink: (piece: Buffer) => Promise<void> | void,
): Promise<BodyDigest> {
  const { headers, payload } = source;
  const declared = readLength(headers, payload, limits);
  const expected = readExpectedChecksum(headers);
  const md5Expected = readContentMd5(headers);
  const algorithm = expected?.algorithm ?? limits.checksum;
  const md5 = createHash("md5");
  const sha256 = payload.kind === "hash" ? createHash("sha256") : undefined;
  const checksum = algorithm && startChecksum(algorithm);
  const decoder =
    payload.kind === "chunked"
      ? new ChunkDecoder({ seed: payload.signed ? source.seed : undefined, trailer: payload.trailer })
      : undefined;

  let size = 0;
  source.invite();
  for await (const raw of readAtPace(source.request, declared ?? limits.maxBytes)) {
    for (const piece of decoder ? decoder.push(raw) : [raw]) {
      size += piece.length;
      if (size > (declared ?? limits.maxBytes))
        throw new S3Error(declared === undefined ? "EntityTooLarge" : "IncompleteBody");
      md5.update(piece);
      sha256?.update(piece);
      checksum?.update(piece);
      await sink(piece);
    }
  }
  decoder?.end();
  if (!source.request.complete || (declared !== undefined && size !== declared)) throw new S3Error("IncompleteBody");
  if (payload.kind === "hash" && sha256?.digest("hex") !== payload.sha256)
    throw new S3Error("XAmzContentSHA256Mismatch");
  const md5Digest = md5.digest();
  if (md5Expected && !md5Expected.equals(md5Digest)) throw new S3Error("BadDigest");
  const digest: BodyDigest = { size, md5: md5Digest.toString("hex") };
  const value = checksum?.digest().toString("base64");
  checkAgainst(value, expected, decoder?.trailers);
  if (algorithm && value !== undefined) digest.checksum = { algorithm, value };
  return digest;
}

/** Reads a small body as a whole. */
export async function readSmallBody(source: BodySource, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    await readBody(source, { maxBytes }, (piece) => void pieces.push(piece));
  } catch (reason) {
    if (reason instanceof S3Error && reason.code === "EntityTooLarge") throw new S3Error("MaxMessageLengthExceeded");
    throw reason;
  }
  return Buffer.concat(pieces);
}

function readLength(headers: HeaderMap, payload: PayloadKind, limits: BodyLimits): number | undefined {
  const name = payload.kind === "chunked" ? "x-amz-decoded-content-length" : "content-length";
  const text = headers.get(name);
  if (text === undefined) {
    // A request without Content-Length and without chunked transfer encoding has no body.
    if (payload.kind !== "chunked" && !headers.has("transfer-encoding") && !limits.lengthRequired) return 0;
    if (limits.lengthRequired || payload.kind === "chunked") throw new S3Error("MissingContentLength");
    return undefined;
  }
  if (!/^\d{1,15}$/.test(text)) throw new S3Error("InvalidArgument", `${name} must be a number.`);
  if (Number(text) > limits.maxBytes)
    throw new S3Error("EntityTooLarge", undefined, { ProposedSize: text, MaxSizeAllowed: String(limits.maxBytes) });
  return Number(text);
}

function readContentMd5(headers: HeaderMap): Buffer | undefined {
  const given = headers.get("content-md5");
  if (given === undefined) return undefined;
  const bytes = Buffer.from(given, "base64");
  if (bytes.length !== 16) throw new S3Error("InvalidDigest");
  return bytes;
}

function checkAgainst(
  actual: string | undefined,
  expected: ExpectedChecksum | undefined,
  trailers?: ReadonlyMap<string, string>,
): void {
  for (const name of trailers?.keys() ?? []) {
    if (!expected || name !== headerOf(expected.algorithm)) throw new S3Error("MalformedTrailerError");
  }
  if (!expected) return;
  const wanted = expected.value ?? trailers?.get(headerOf(expected.algorithm));
  if (wanted === undefined || !isDigest(expected.algorithm, wanted)) throw new S3Error("MalformedTrailerError");
  if (wanted !== actual)
    throw new S3Error("BadDigest", `The ${expected.algorithm} you specified did not match the calculated checksum.`);
}
