import { S3Error } from "../s3-error";
import { isBucketName } from "./buckets";

const MAX_KEY_BYTES = 1024;

/** Splits a path: the first segment is the bucket, the rest is the key, unchanged. Throws S3Error for invalid names. */
export function readNames(path: string): { bucket: string; object: string } {
  const slash = path.indexOf("/", 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const object = slash < 0 ? "" : path.slice(slash + 1);
  if (bucket === "" && object !== "") throw new S3Error("InvalidBucketName", undefined, { BucketName: bucket });
  if (bucket !== "" && !isBucketName(bucket)) throw new S3Error("InvalidBucketName", undefined, { BucketName: bucket });
  checkKey(object);
  return { bucket, object };
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new S3Error("KeyTooLongError", undefined, { MaxSizeAllowed: String(MAX_KEY_BYTES) });
}
