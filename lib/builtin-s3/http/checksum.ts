import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { HeaderMap } from "../signature/headers";
import { S3Error } from "../s3-error";
import type { ChecksumAlgorithm, StoredChecksum } from "../store/records";
import { Crc32c, Crc64Nvme, type RunningCrc } from "./crc";

const DIGEST_BYTES: Record<ChecksumAlgorithm, number> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

const CHECKSUM_ALGORITHMS = Object.keys(DIGEST_BYTES) as ChecksumAlgorithm[];

export function parseAlgorithm(text: string): ChecksumAlgorithm | undefined {
  const upper = text.toUpperCase();
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === upper);
}

/** The name of the header, such as `x-amz-checksum-crc32`. */
export function headerOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The name of the XML element, such as `ChecksumCRC32`. */
export function elementOf(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningCrc {
  switch (algorithm) {
    case "CRC32": {
      let value = 0;
      return {
        update: (data) => {
          // zlib resets the checksum at an empty buffer.
          if (data.length > 0) value = crc32(data, value);
        },
        digest: () => {
          const out = Buffer.alloc(4);
          out.writeUInt32BE(value);
          return out;
        },
      };
    }
    case "CRC32C":
      return new Crc32c();
    case "CRC64NVME":
      return new Crc64Nvme();
    case "SHA1":
    case "SHA256": {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (data) => void hash.update(data), digest: () => hash.digest() };
    }
  }
}

/** Whether the text is the base64 of a digest of this algorithm. */
export function isDigest(algorithm: ChecksumAlgorithm, text: string): boolean {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === DIGEST_BYTES[algorithm] && bytes.toString("base64") === text;
}

export interface ExpectedChecksum {
  algorithm: ChecksumAlgorithm;
  /** Undefined when the value comes in the trailer. */
  value?: string;
}

/** The algorithms for which a request has a checksum in a header. */
export function algorithmsWithHeader(headers: HeaderMap): ChecksumAlgorithm[] {
  return CHECKSUM_ALGORITHMS.filter((algorithm) => headers.has(headerOf(algorithm)));
}

/** The checksum of the body that a request has in a header, or announces for its trailer. */
export function readExpectedChecksum(headers: HeaderMap): ExpectedChecksum | undefined {
  const given = algorithmsWithHeader(headers);
  const trailer = headers.get("x-amz-trailer");
  if (given.length + (trailer === undefined ? 0 : 1) > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  if (trailer !== undefined) {
    const algorithm = CHECKSUM_ALGORITHMS.find((candidate) => headerOf(candidate) === trailer.trim().toLowerCase());
    if (!algorithm)
      throw new S3Error("InvalidRequest", "The value specified in the x-amz-trailer header is not supported");
    return { algorithm };
  }
  const algorithm = given[0];
  if (!algorithm) return undefined;
  const value = headers.get(headerOf(algorithm)) ?? "";
  if (!isDigest(algorithm, value))
    throw new S3Error("InvalidRequest", `Value for ${headerOf(algorithm)} header is invalid.`);
  return { algorithm, value };
}

/** The headers of an answer with this checksum. */
export function checksumHeaders(checksum: StoredChecksum | undefined): Record<string, string> {
  return checksum ? { [headerOf(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type } : {};
}
