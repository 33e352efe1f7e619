import { decodePercent } from "../signature/target";
import { S3Error } from "../s3-error";
import type { ObjectAttributes, StoredObject } from "../store/records";
import { isBucketName } from "./buckets";
import { elementOf, parseAlgorithm } from "./checksum";
import { checkConditions, writePrecondition } from "./conditions";
import { type Exchange, isoDate, replyXml } from "./exchange";
import { readAttributes } from "./object-headers";
import { MAX_OBJECT_BYTES } from "./put-object";
import { document, text } from "./xml";

/** CopyObject. The copy shares the blobs of its source. */
export async function copyObject(exchange: Exchange): Promise<void> {
  const { caller, bucket, object, headers, region } = exchange;
  const source = readCopySource(exchange);
  const replaceMetadata = readDirective(exchange, "x-amz-metadata-directive");
  const replaceTags = readDirective(exchange, "x-amz-tagging-directive");
  if (source.bucket === bucket && source.key === object && !replaceMetadata && !replaceTags) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
    );
  }
  const given = readAttributes(headers);
  const precondition = writePrecondition(headers);
  const copy = await region.store.copyObject(caller, source, { bucket, key: object }, (found, replaced) => {
    checkSource(exchange, found);
    precondition(replaced);
    if (found.size > MAX_OBJECT_BYTES)
      throw new S3Error(
        "InvalidRequest",
        "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
      );
    return { ...found, ...choose(found, given, replaceMetadata, replaceTags), modifiedAt: Date.now() };
  });
  const checksum = copy.checksum;
  replyXml(
    exchange,
    document(
      "CopyObjectResult",
      text("LastModified", isoDate(copy.modifiedAt)),
      text("ETag", `"${copy.etag}"`),
      checksum && text(elementOf(checksum.algorithm), checksum.value),
      checksum && text("ChecksumType", checksum.type),
    ),
  );
}

/** Reads `x-amz-copy-source`: `bucket/key`, percent-encoded, with or without a leading slash. */
export function readCopySource({ headers, query }: Pick<Exchange, "headers" | "query">): {
  bucket: string;
  key: string;
} {
  const raw = headers.get("x-amz-copy-source") ?? "";
  const mark = raw.indexOf("?");
  if (mark >= 0 && raw.slice(mark + 1) !== "versionId=null")
    throw new S3Error("NotImplemented", "Copies of versions are not implemented.");
  const decoded = decodePercent(mark < 0 ? raw : raw.slice(0, mark), false)?.replace(/^\//, "") ?? "";
  const slash = decoded.indexOf("/");
  const bucket = decoded.slice(0, Math.max(slash, 0));
  const key = decoded.slice(slash + 1);
  if (!isBucketName(bucket) || key === "")
    throw new S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  if (query.has("versionId")) throw new S3Error("InvalidArgument", "Invalid version id specified");
  return { bucket, key };
}

/** The `x-amz-copy-source-if-*` conditions. A failed one is answered 412, also where a GET is answered 304. */
export function checkSource({ headers }: Pick<Exchange, "headers">, source: StoredObject): void {
  if (checkConditions(headers, source, "x-amz-copy-source-") !== "met") throw new S3Error("PreconditionFailed");
}

function readDirective({ headers }: Exchange, name: string): boolean {
  const value = headers.get(name) ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE")
    throw new S3Error("InvalidArgument", `Unknown ${name}.`, { ArgumentName: name, ArgumentValue: value });
  return value === "REPLACE";
}

function choose(
  source: StoredObject,
  given: ObjectAttributes,
  replaceMetadata: boolean,
  replaceTags: boolean,
): ObjectAttributes {
  const { headers, metadata } = replaceMetadata ? given : source;
  return { headers, metadata, tags: (replaceTags ? given : source).tags };
}

/** The checksum algorithm a request asks for. */
export function readChecksumAlgorithm({ headers }: Pick<Exchange, "headers">) {
  const given = headers.get("x-amz-checksum-algorithm") ?? headers.get("x-amz-sdk-checksum-algorithm");
  if (given === undefined) return undefined;
  const algorithm = parseAlgorithm(given);
  if (!algorithm) throw new S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.");
  return algorithm;
}
