import type { HeaderMap } from "../signature/headers";
import { S3Error } from "../s3-error";
import type { ChecksumAlgorithm, StoredChecksum } from "../store/records";
import { algorithmsWithHeader, headerOf, isDigest } from "./checksum";

/** What CompleteMultipartUpload says about the object. Every field is undefined when its header is absent. */
export interface ExpectedObject {
  checksum?: { algorithm: ChecksumAlgorithm; value: string; parts?: number };
  type?: string;
  size?: string;
}

/** Reads the headers with the expected size and checksum of the object. A composite checksum may end in `-` and a count. */
export function readExpectedObject(headers: HeaderMap): ExpectedObject {
  const expected: ExpectedObject = {
    type: headers.get("x-amz-checksum-type")?.trim().toUpperCase(),
    size: headers.get("x-amz-mp-object-size"),
  };
  const [algorithm, second] = algorithmsWithHeader(headers);
  if (second)
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  if (!algorithm) return expected;
  const [, value = "", parts] = /^(.*?)(?:-(\d{1,5}))?$/.exec(headers.get(headerOf(algorithm)) ?? "") ?? [];
  if (!isDigest(algorithm, value))
    throw new S3Error("InvalidRequest", `Value for ${headerOf(algorithm)} header is invalid.`);
  return { ...expected, checksum: { algorithm, value, parts: parts === undefined ? undefined : Number(parts) } };
}

/** The headers without the checksums of the object, which are not checksums of the request's body. */
export function withoutObjectChecksums(headers: HeaderMap): HeaderMap {
  const names = new Set(algorithmsWithHeader(headers).map(headerOf));
  return new Map([...headers].filter(([name]) => !names.has(name)));
}

/** Compares the object with what the client expects. Throws S3's error when they differ. */
export function checkExpectedObject(
  expected: ExpectedObject,
  { size, checksum }: { size: number; checksum?: StoredChecksum },
): void {
  if (expected.size !== undefined && expected.size !== String(size))
    throw new S3Error("InvalidRequest", "The value of x-amz-mp-object-size is not the size of the parts.");
  if (checksum && expected.type !== undefined && expected.type !== checksum.type)
    throw new S3Error(
      "InvalidRequest",
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  if (!expected.checksum) return;
  const { algorithm, value, parts } = expected.checksum;
  if (checksum?.algorithm !== algorithm)
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum?.algorithm ?? "null"}, actual checksum Type: ${algorithm}`,
    );
  // minio-go leaves out the number of parts, and the SDKs of AWS send it.
  const [computed, count] = checksum.value.split("-");
  if (value !== computed || (parts !== undefined && String(parts) !== count))
    throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
}
