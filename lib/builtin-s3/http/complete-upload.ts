import { createHash } from "node:crypto";
import { S3Error } from "../s3-error";
import type { StoredObject, StoredPart } from "../store/records";
import type { Upload } from "../store/table";
import { elementOf } from "./checksum";
import { writePrecondition } from "./conditions";
import { type Exchange, locationOf, readXmlBody, replyXml } from "./exchange";
import { checksumOfParts } from "./multipart-checksum";
import {
  checkExpectedObject,
  type ExpectedObject,
  readExpectedObject,
  withoutObjectChecksums,
} from "./object-checksum";
import { childElements, childText, document, parseXml, text, type XmlElement } from "./xml";

const MIN_PART_BYTES = 5 * 1024 * 1024;
// Ten thousand parts, each with its ETag and a checksum.
const BODY_BYTES = 4 * 1024 * 1024;

/** A part as the client names it in its list. */
interface ListedPart {
  number: number;
  etag: string;
  item: XmlElement;
}

/** CompleteMultipartUpload. The object shares the blobs of its parts; no bytes are copied. */
export async function completeUpload(exchange: Exchange): Promise<void> {
  const { caller, bucket, object: key, region, headers } = exchange;
  const id = exchange.query.get("uploadId") ?? "";
  region.store.checkUpload(caller, bucket, key, id);
  const expected = readExpectedObject(headers);
  const body = await readXmlBody({ ...exchange, headers: withoutObjectChecksums(headers) }, BODY_BYTES);
  const listed = readPartList(parseXml(body, "CompleteMultipartUpload"));
  const outcome = await region.store.completeUpload(caller, bucket, key, id, {
    parts: digestOf(listed),
    make: (upload) => assemble(upload, listed, expected),
    precondition: writePrecondition(headers),
  });
  // A repeated completion did not call `assemble`.
  checkExpectedObject(expected, outcome);
  const { etag, checksum } = outcome;
  replyXml(
    exchange,
    document(
      "CompleteMultipartUploadResult",
      text("Location", locationOf(exchange, key)),
      text("Bucket", bucket),
      text("Key", key),
      text("ETag", `"${etag}"`),
      checksum && text(elementOf(checksum.algorithm), checksum.value),
      checksum && text("ChecksumType", checksum.type),
    ),
  );
}

/**
 * Reads the list of parts. Of a number that is named more than once the last entry counts, as on Ceph RGW: a client that
 * sent a part twice may name both.
 */
function readPartList(root: XmlElement): ListedPart[] {
  const parts: ListedPart[] = [];
  for (const item of childElements(root, "Part")) {
    const number = childText(item, "PartNumber")?.trim() ?? "";
    const etag = childText(item, "ETag")
      ?.trim()
      .replace(/^"(.*)"$/, "$1");
    if (!/^\d{1,5}$/.test(number) || etag === undefined) throw new S3Error("MalformedXML");
    const before = parts.at(-1)?.number ?? 0;
    if (Number(number) < before) throw new S3Error("InvalidPartOrder");
    if (Number(number) === before) parts.pop();
    parts.push({ number: Number(number), etag, item });
  }
  if (parts.length === 0) throw new S3Error("MalformedXML");
  return parts;
}

function digestOf(listed: readonly ListedPart[]): string {
  const names = listed.map(({ number, etag }) => [number, etag]);
  return createHash("sha256").update(JSON.stringify(names)).digest("base64");
}

function assemble(upload: Upload, listed: readonly ListedPart[], expected: ExpectedObject): StoredObject {
  const parts = listed.map((item) => findPart(upload, item));
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (small)
    throw new S3Error("EntityTooSmall", undefined, {
      PartNumber: String(small.number),
      ProposedSize: String(small.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
    });
  const checksum = checksumOfParts(upload, parts);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  checkExpectedObject(expected, { size, checksum });
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

function findPart(upload: Upload, { number, etag, item }: ListedPart): StoredPart {
  const part = upload.parts.get(number);
  const given = upload.checksum && childText(item, elementOf(upload.checksum.algorithm));
  if (!part || part.etag !== etag || (given !== undefined && given !== part.checksum)) {
    throw new S3Error("InvalidPart", undefined, { UploadId: upload.id, PartNumber: String(number), ETag: etag });
  }
  return part;
}
