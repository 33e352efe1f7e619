import { createHash } from "node:crypto";
import { S3Error } from "../s3-error";
import type { StoredPart } from "../store/records";
import { elementOf, startChecksum } from "./checksum";
import { checkSource, readCopySource } from "./copy-object";
import { type Exchange, isoDate, replyXml } from "./exchange";
import { readPartNumber, readUpload } from "./multipart";
import { MAX_OBJECT_BYTES } from "./put-object";
import { type ByteRange, parseRange } from "./range";
import { document, text } from "./xml";

/** UploadPartCopy. The bytes are read, because the ETag of a part is their MD5. */
export async function copyPart(exchange: Exchange): Promise<void> {
  const { caller, bucket, object, region } = exchange;
  const upload = readUpload(exchange);
  const number = readPartNumber(exchange);
  const from = readCopySource(exchange);
  const source = region.store.openObject(caller, from.bucket, from.key);
  checkSource(exchange, source);
  const range = readCopyRange(exchange, source.size);
  if (range.length > MAX_OBJECT_BYTES)
    throw new S3Error(
      "InvalidRequest",
      "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    );

  const writer = region.store.createBlob();
  const md5 = createHash("md5");
  const checksum = upload.checksum && startChecksum(upload.checksum.algorithm);
  let part: StoredPart;
  try {
    for await (const piece of region.store.blobs.read(source.extents, range.start, range.length)) {
      md5.update(piece);
      checksum?.update(piece);
      await writer.write(piece);
    }
    const extents = await writer.finish();
    part = {
      number,
      size: range.length,
      etag: md5.digest("hex"),
      modifiedAt: Date.now(),
      extents,
      checksum: checksum?.digest().toString("base64"),
    };
  } catch (reason) {
    await writer.abort();
    throw reason;
  }
  await region.store.putPart(caller, bucket, object, upload.id, part);
  replyXml(
    exchange,
    document(
      "CopyPartResult",
      text("LastModified", isoDate(part.modifiedAt)),
      text("ETag", `"${part.etag}"`),
      upload.checksum && part.checksum !== undefined
        ? text(elementOf(upload.checksum.algorithm), part.checksum)
        : undefined,
    ),
  );
}

function readCopyRange(exchange: Exchange, size: number): ByteRange {
  const header = exchange.headers.get("x-amz-copy-source-range");
  if (header === undefined) return { start: 0, length: size };
  const end = /^bytes=\d+-(\d+)$/.exec(header)?.[1];
  const range = parseRange(header, size);
  if (end !== undefined && (range === "unsatisfiable" || Number(end) >= size))
    throw new S3Error("InvalidRange", undefined, { ActualObjectSize: String(size) });
  if (end === undefined || range === undefined || range === "unsatisfiable") {
    throw new S3Error("InvalidArgument", `Range specified is not valid for source object of size: ${size}`, {
      ArgumentName: "x-amz-copy-source-range",
      ArgumentValue: header,
    });
  }
  return range;
}
