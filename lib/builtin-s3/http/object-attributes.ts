import { S3Error } from "../s3-error";
import type { StoredObject } from "../store/records";
import { elementOf } from "./checksum";
import { type Exchange, httpDate, replyXml } from "./exchange";
import { document, node, text } from "./xml";

const NAMES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
const MAX_PARTS = 1000;

/** GetObjectAttributes: answers the attributes that `x-amz-object-attributes` names. */
export async function getObjectAttributes(exchange: Exchange): Promise<void> {
  const { region, caller, bucket, object: key, headers, query } = exchange;
  const object = region.store.openObject(caller, bucket, key);
  if ((query.get("versionId") ?? "null") !== "null")
    throw new S3Error("InvalidArgument", "Invalid version id specified");
  const asked = (headers.get("x-amz-object-attributes") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (asked.length === 0 || asked.some((name) => !NAMES.includes(name))) {
    throw new S3Error("InvalidArgument", "Invalid attribute name specified.", {
      ArgumentName: "x-amz-object-attributes",
      ArgumentValue: asked.join(","),
    });
  }
  const { checksum } = object;
  const wants = (name: string) => asked.includes(name);
  const body = document(
    "GetObjectAttributesResponse",
    wants("ETag") ? text("ETag", object.etag) : undefined,
    wants("Checksum") && checksum
      ? node(
          "Checksum",
          text(elementOf(checksum.algorithm), checksum.value.replace(/-\d+$/, "")),
          text("ChecksumType", checksum.type),
        )
      : undefined,
    wants("ObjectParts") && object.parts ? describeParts(exchange, object, object.parts) : undefined,
    wants("StorageClass") ? text("StorageClass", "STANDARD") : undefined,
    wants("ObjectSize") ? text("ObjectSize", object.size) : undefined,
  );
  replyXml(exchange, body, { "last-modified": httpDate(object.modifiedAt) });
}

/** Lists the parts only when they have checksums of their own, as S3 does. */
function describeParts(
  { headers }: Exchange,
  { checksum }: StoredObject,
  parts: NonNullable<StoredObject["parts"]>,
): string {
  const limit = Math.min(readCount(headers.get("x-amz-max-parts"), MAX_PARTS), MAX_PARTS);
  const marker = readCount(headers.get("x-amz-part-number-marker"), 0);
  // The parts of an object are numbered from 1 without gaps, whatever their numbers in the upload were.
  const numbered = parts.map((part, index) => ({ ...part, number: index + 1 })).filter(({ number }) => number > marker);
  const page = numbered.slice(0, limit);
  const items = page.filter((part) => checksum && part.checksum !== undefined);
  return node(
    "ObjectParts",
    text("PartsCount", parts.length),
    text("PartNumberMarker", marker),
    text("NextPartNumberMarker", page.at(-1)?.number ?? marker),
    text("MaxParts", limit),
    text("IsTruncated", String(numbered.length > limit)),
    ...items.map((part) =>
      node(
        "Part",
        text("PartNumber", part.number),
        text("Size", part.size),
        checksum && text(elementOf(checksum.algorithm), part.checksum ?? ""),
      ),
    ),
  );
}

function readCount(given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (!/^\d{1,9}$/.test(given)) throw new S3Error("InvalidArgument", undefined, { ArgumentValue: given });
  return Number(given);
}
