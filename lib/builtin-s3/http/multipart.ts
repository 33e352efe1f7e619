import { createHash } from "node:crypto";
import { S3Error } from "../s3-error";
import type { StoredObject, StoredPart, StoredUpload } from "../store/records";
import type { Upload } from "../store/table";
import { checksumHeaders, elementOf, headerOf } from "./checksum";
import { writePrecondition } from "./conditions";
import { readChecksumAlgorithm } from "./copy-object";
import { type Exchange, locationOf, numberInQuery, readXmlBody, reply, replyXml } from "./exchange";
import { canCombine } from "./crc-combine";
import { checksumOfParts } from "./multipart-checksum";
import { readAttributes } from "./object-headers";
import { MAX_OBJECT_BYTES, receiveBlob } from "./put-object";
import { childElements, childText, document, parseXml, text, type XmlElement } from "./xml";

const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;
// Ten thousand parts, each with its ETag and a checksum.
const COMPLETE_BYTES = 4 * 1024 * 1024;

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

/** CompleteMultipartUpload. The object shares the blobs of its parts; no bytes are copied. */
export async function completeUpload(exchange: Exchange): Promise<void> {
  const { caller, bucket, object: key, region } = exchange;
  const { id } = readUpload(exchange);
  const listed = childElements(
    parseXml(await readXmlBody(exchange, COMPLETE_BYTES), "CompleteMultipartUpload"),
    "Part",
  );
  const precondition = writePrecondition(exchange.headers);
  const object = await region.store.completeUpload(
    caller,
    bucket,
    key,
    id,
    (upload) => assemble(exchange, upload, listed),
    precondition,
  );
  const { checksum } = object;
  replyXml(
    exchange,
    document(
      "CompleteMultipartUploadResult",
      text("Location", locationOf(exchange, key)),
      text("Bucket", bucket),
      text("Key", key),
      text("ETag", `"${object.etag}"`),
      checksum && text(elementOf(checksum.algorithm), checksum.value),
      checksum && text("ChecksumType", checksum.type),
    ),
  );
}

function assemble(exchange: Exchange, upload: Upload, listed: readonly XmlElement[]): StoredObject {
  if (listed.length === 0) throw new S3Error("MalformedXML");
  const parts: StoredPart[] = [];
  for (const item of listed) {
    const part = findPart(upload, item);
    if (part.number <= (parts.at(-1)?.number ?? 0)) throw new S3Error("InvalidPartOrder");
    parts.push(part);
  }
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (small)
    throw new S3Error("EntityTooSmall", undefined, {
      PartNumber: String(small.number),
      ProposedSize: String(small.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
    });
  const checksum = checksumOfParts(upload, parts);
  const announced = checksum && checksumHeaders(checksum)[headerOf(checksum.algorithm)];
  const given = checksum && exchange.headers.get(headerOf(checksum.algorithm));
  if (given !== undefined && given.replace(/-\d+$/, "") !== announced?.replace(/-\d+$/, ""))
    throw new S3Error("BadDigest");
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const declaredSize = exchange.headers.get("x-amz-mp-object-size");
  if (declaredSize !== undefined && declaredSize !== String(size))
    throw new S3Error("InvalidRequest", "The value of x-amz-mp-object-size is not the size of the parts.");
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, "hex")));
  const { headers, metadata, tags } = upload;
  return {
    headers,
    metadata,
    tags,
    size,
    etag: `${createHash("md5").update(digests).digest("hex")}-${parts.length}`,
    modifiedAt: Date.now(),
    extents: parts.flatMap(({ extents }) => extents),
    checksum,
    parts: parts.map((part) => ({ number: part.number, size: part.size, checksum: part.checksum })),
  };
}

function findPart(upload: Upload, item: XmlElement): StoredPart {
  const number = childText(item, "PartNumber")?.trim() ?? "";
  const etag = childText(item, "ETag")
    ?.trim()
    .replace(/^"(.*)"$/, "$1");
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw new S3Error("MalformedXML");
  const part = upload.parts.get(Number(number));
  const given = upload.checksum && childText(item, elementOf(upload.checksum.algorithm));
  if (!part || part.etag !== etag || (given !== undefined && given !== part.checksum)) {
    throw new S3Error("InvalidPart", undefined, { UploadId: upload.id, PartNumber: number, ETag: etag });
  }
  return part;
}
