import type { HeaderMap } from "../signature/headers";
import { S3Error } from "../s3-error";
import type { ObjectAttributes, StoredObject } from "../store/records";
import { httpDate, type ReplyHeaders } from "./exchange";
import { parseTagHeader, tagPairs } from "./tagging-rules";

const SYSTEM_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
] as const;
const METADATA_PREFIX = "x-amz-meta-";
// S3 limits user metadata to 2 KB. This limit is higher, because rclone and s3cmd store more.
const MAX_METADATA_BYTES = 8 * 1024;

/** Reads the attributes of the object that a request writes. */
export function readAttributes(headers: HeaderMap): ObjectAttributes {
  const system: Record<string, string> = {};
  for (const name of SYSTEM_HEADERS) {
    const value = name === "content-encoding" ? withoutChunking(headers.get(name)) : headers.get(name);
    if (value !== undefined && value !== "") system[name] = value;
  }
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith(METADATA_PREFIX)) continue;
    bytes += name.length - METADATA_PREFIX.length + value.length;
    metadata[name.slice(METADATA_PREFIX.length)] = value;
  }
  if (bytes > MAX_METADATA_BYTES) throw new S3Error("MetadataTooLarge");
  const tagging = headers.get("x-amz-tagging");
  return { headers: system, metadata, ...(tagging ? { tags: parseTagHeader(tagging) } : {}) };
}

/** Removes `aws-chunked`, which describes the transfer and not the object. */
function withoutChunking(value: string | undefined): string | undefined {
  return value
    ?.split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding.toLowerCase() !== "aws-chunked")
    .join(",");
}

/** A browser shows an object, such as a picture, but the object runs no script and has no origin. */
export const OBJECT_POLICY = "sandbox";

/** The headers of an object in an answer to GET and HEAD. */
export function describeObject(object: StoredObject): ReplyHeaders {
  const headers: ReplyHeaders = {
    "content-type": "binary/octet-stream",
    ...object.headers,
    etag: `"${object.etag}"`,
    "last-modified": httpDate(object.modifiedAt),
    "accept-ranges": "bytes",
    "content-security-policy": OBJECT_POLICY,
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[METADATA_PREFIX + name] = value;
  const tags = tagPairs(object.tags ?? []).length;
  if (tags > 0) headers["x-amz-tagging-count"] = tags;
  return headers;
}

const REFUSED_HEADERS = [
  /^x-amz-server-side-encryption/,
  /^x-amz-copy-source-server-side-encryption/,
  /^x-amz-grant-/,
  /^x-amz-object-lock-/,
  /^x-amz-website-redirect-location$/,
  /^x-amz-write-offset-bytes$/,
  /^x-amz-rename-source$/,
  /^x-amz-bucket-object-lock-enabled$/,
];
const PRIVATE_ACLS = ["private", "bucket-owner-full-control", "bucket-owner-read"];

/** Refuses headers that ask for what this server does not do, such as encryption or a public ACL. */
export function refuseUnsupported(headers: HeaderMap, account: string): void {
  for (const [name, value] of headers) {
    if (!name.startsWith("x-amz-")) continue;
    if (name === "x-amz-bucket-object-lock-enabled" && value.toLowerCase() === "false") continue;
    if (REFUSED_HEADERS.some((pattern) => pattern.test(name)))
      throw new S3Error("NotImplemented", undefined, { Header: name });
  }
  const acl = headers.get("x-amz-acl");
  if (acl !== undefined && !PRIVATE_ACLS.includes(acl))
    throw new S3Error("NotImplemented", "Only private ACLs are implemented.", { Header: "x-amz-acl" });
  const storageClass = headers.get("x-amz-storage-class");
  if (storageClass !== undefined && storageClass !== "STANDARD") throw new S3Error("InvalidStorageClass");
  for (const name of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const owner = headers.get(name);
    if (owner !== undefined && owner !== account) throw new S3Error("AccessDenied");
  }
  if (headers.has("x-amz-security-token")) throw new S3Error("InvalidToken");
}
