import { encodePath } from "../signature/target";
import { S3Error } from "../s3-error";
import { listKeys, type ListPage } from "../store/listing";
import type { StoredObject } from "../store/records";
import { type Exchange, isoDate, numberInQuery, replyXml } from "./exchange";
import { document, node, text } from "./xml";

const MAX_KEYS = 1000;

/** Writes names in a listing: unchanged, or percent-encoded when the client asked for it. */
export type NameEncoder = (name: string) => string;

export function nameEncoder(exchange: Exchange): NameEncoder {
  const encoding = exchange.query.get("encoding-type");
  if (encoding === undefined || encoding === "") return (name) => name;
  if (encoding !== "url")
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
      ArgumentName: "encoding-type",
      ArgumentValue: encoding,
    });
  return encodePath;
}

/** ListObjectsV2. The continuation token is the last name of the page in base64url. */
export async function listObjectsV2(exchange: Exchange): Promise<void> {
  const { query } = exchange;
  const encode = nameEncoder(exchange);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const limit = numberInQuery(exchange, "max-keys", MAX_KEYS, 0, MAX_KEYS);
  const page = readPage(exchange, token === undefined ? startAfter : decodeToken(token), limit);
  const withOwner = query.get("fetch-owner") === "true";
  replyXml(
    exchange,
    document(
      "ListBucketResult",
      ...head(exchange, encode, limit, page),
      text("KeyCount", page.entries.length + page.prefixes.length),
      token === undefined ? undefined : text("ContinuationToken", token),
      page.next === undefined ? undefined : text("NextContinuationToken", Buffer.from(page.next).toString("base64url")),
      startAfter === "" ? undefined : text("StartAfter", encode(startAfter)),
      ...contents(page, encode, withOwner ? exchange.caller.account : undefined),
    ),
  );
}

/** ListObjects, the first version: the marker is a name. */
export async function listObjectsV1(exchange: Exchange): Promise<void> {
  const encode = nameEncoder(exchange);
  const marker = exchange.query.get("marker") ?? "";
  const limit = numberInQuery(exchange, "max-keys", MAX_KEYS, 0, MAX_KEYS);
  const page = readPage(exchange, marker, limit);
  replyXml(
    exchange,
    document(
      "ListBucketResult",
      ...head(exchange, encode, limit, page),
      text("Marker", encode(marker)),
      // S3 sends it only with a delimiter. As on RGW it is always sent, so that clients need not guess it.
      page.next === undefined ? undefined : text("NextMarker", encode(page.next)),
      ...contents(page, encode, exchange.caller.account),
    ),
  );
}

/** ListObjectVersions of a bucket without versions: each object is its own latest version, `null`. */
export async function listVersions(exchange: Exchange): Promise<void> {
  const encode = nameEncoder(exchange);
  const marker = exchange.query.get("key-marker") ?? "";
  const limit = numberInQuery(exchange, "max-keys", MAX_KEYS, 0, MAX_KEYS);
  const page = readPage(exchange, marker, limit);
  const versions = page.entries.map(([key, object]) =>
    node(
      "Version",
      text("Key", encode(key)),
      text("VersionId", "null"),
      text("IsLatest", "true"),
      ...entry(object),
      owner(exchange.caller.account),
    ),
  );
  replyXml(
    exchange,
    document(
      "ListVersionsResult",
      ...head(exchange, encode, limit, page),
      text("KeyMarker", encode(marker)),
      text("VersionIdMarker", ""),
      page.next === undefined ? undefined : text("NextKeyMarker", encode(page.next)),
      page.next === undefined ? undefined : text("NextVersionIdMarker", "null"),
      ...versions,
      ...prefixes(page, encode),
    ),
  );
}

export function owner(account: string): string {
  return node("Owner", text("ID", account), text("DisplayName", account));
}

function readPage(exchange: Exchange, after: string, limit: number): ListPage<StoredObject> {
  const { objects } = exchange.region.store.openBucket(exchange.caller, exchange.bucket);
  return listKeys(objects, {
    prefix: exchange.query.get("prefix") ?? "",
    delimiter: exchange.query.get("delimiter") ?? "",
    after,
    limit,
  });
}

function head(exchange: Exchange, encode: NameEncoder, limit: number, page: ListPage<unknown>): (string | undefined)[] {
  const delimiter = exchange.query.get("delimiter") ?? "";
  const encoding = exchange.query.get("encoding-type");
  return [
    text("Name", exchange.bucket),
    text("Prefix", encode(exchange.query.get("prefix") ?? "")),
    delimiter === "" ? undefined : text("Delimiter", encode(delimiter)),
    encoding ? text("EncodingType", encoding) : undefined,
    text("MaxKeys", limit),
    text("IsTruncated", String(page.next !== undefined)),
  ];
}

function contents(page: ListPage<StoredObject>, encode: NameEncoder, ownedBy: string | undefined): string[] {
  const items = page.entries.map(([key, object]) =>
    node("Contents", text("Key", encode(key)), ...entry(object), ownedBy === undefined ? undefined : owner(ownedBy)),
  );
  return [...items, ...prefixes(page, encode)];
}

function entry(object: StoredObject): string[] {
  const { checksum } = object;
  return [
    text("LastModified", isoDate(object.modifiedAt)),
    text("ETag", `"${object.etag}"`),
    ...(checksum ? [text("ChecksumAlgorithm", checksum.algorithm), text("ChecksumType", checksum.type)] : []),
    text("Size", object.size),
    text("StorageClass", "STANDARD"),
  ];
}

function prefixes(page: ListPage<unknown>, encode: NameEncoder): string[] {
  return page.prefixes.map((prefix) => node("CommonPrefixes", text("Prefix", encode(prefix))));
}

/**
 * Reads a continuation token. An empty token is refused, as AWS S3 and MinIO refuse it (minio/minio#5931 quotes the answer
 * of AWS). Ceph RGW lists from the beginning, and a client that loses its token would read the first page for ever.
 */
function decodeToken(token: string): string {
  const bytes = Buffer.from(token, "base64url");
  if (token === "" || bytes.toString("base64url") !== token)
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect");
  return bytes.toString("utf8");
}
