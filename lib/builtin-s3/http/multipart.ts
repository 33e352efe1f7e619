import { S3Error } from "../s3-error";
import type { StoredPart, StoredUpload } from "../store/records";
import type { Upload } from "../store/table";
import { headerOf } from "./checksum";
import { readChecksumAlgorithm } from "./copy-object";
import { type Exchange, numberInQuery, reply, replyXml } from "./exchange";
import { canCombine } from "./crc-combine";
import { readAttributes } from "./object-headers";
import { MAX_OBJECT_BYTES, receiveBlob } from "./put-object";
import { document, text } from "./xml";

const MAX_PARTS = 10_000;

export async function createUpload(exchange: Exchange): Promise<void> {
  const { bucket, object: key } = exchange;
  const checksum = readUploadChecksum(exchange);
  const id = await exchange.region.store.createUpload(exchange.caller, {
    ...readAttributes(exchange.headers),
    bucket,
    key,
    checksum,
  });
  const body = document(
    "InitiateMultipartUploadResult",
    text("Bucket", bucket),
    text("Key", key),
    text("UploadId", id),
  );
  replyXml(
    exchange,
    body,
    checksum ? { "x-amz-checksum-algorithm": checksum.algorithm, "x-amz-checksum-type": checksum.type } : {},
  );
}

function readUploadChecksum(exchange: Exchange): StoredUpload["checksum"] {
  const algorithm = readChecksumAlgorithm(exchange);
  const type = exchange.headers.get("x-amz-checksum-type")?.toUpperCase();
  if (!algorithm) return undefined;
  const chosen = type ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const allowed =
    chosen === "FULL_OBJECT" ? canCombine(algorithm) : chosen === "COMPOSITE" && algorithm !== "CRC64NVME";
  if (!allowed)
    throw new S3Error(
      "InvalidRequest",
      `The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  return { algorithm, type: chosen as "FULL_OBJECT" | "COMPOSITE" };
}

export function readUpload(exchange: Exchange): Upload {
  return exchange.region.store.openUpload(
    exchange.caller,
    exchange.bucket,
    exchange.object,
    exchange.query.get("uploadId") ?? "",
  );
}

export function readPartNumber(exchange: Exchange): number {
  const given = exchange.query.get("partNumber") ?? "";
  if (!/^\d{1,5}$/.test(given) || Number(given) < 1 || Number(given) > MAX_PARTS) {
    throw new S3Error("InvalidArgument", `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`, {
      ArgumentName: "partNumber",
      ArgumentValue: given,
    });
  }
  return numberInQuery(exchange, "partNumber", 1, 1, MAX_PARTS);
}

export async function putPart(exchange: Exchange): Promise<void> {
  const { caller, bucket, object, region } = exchange;
  const upload = readUpload(exchange);
  const number = readPartNumber(exchange);
  const limits = { maxBytes: MAX_OBJECT_BYTES, lengthRequired: true, checksum: upload.checksum?.algorithm };
  const { digest, extents } = await receiveBlob(exchange, limits);
  const { checksum } = digest;
  if (checksum && upload.checksum && checksum.algorithm !== upload.checksum.algorithm) {
    region.store.blobs.discard(extents);
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksum.algorithm}, actual checksum Type: ${checksum.algorithm}`,
    );
  }
  const part: StoredPart = {
    number,
    size: digest.size,
    etag: digest.md5,
    modifiedAt: Date.now(),
    extents,
    checksum: upload.checksum && checksum?.value,
  };
  await region.store.putPart(caller, bucket, object, upload.id, part);
  reply(exchange, 200, {
    etag: `"${digest.md5}"`,
    ...(checksum ? { [headerOf(checksum.algorithm)]: checksum.value } : {}),
  });
}

export async function abortUpload(exchange: Exchange): Promise<void> {
  await exchange.region.store.abortUpload(
    exchange.caller,
    exchange.bucket,
    exchange.object,
    exchange.query.get("uploadId") ?? "",
  );
  reply(exchange, 204);
}
