import { S3Error } from "../s3-error";
import { completeUpload } from "./complete-upload";
import { copyObject } from "./copy-object";
import { createBucket, deleteBucket, headBucket, listBuckets } from "./buckets";
import { deleteObject, deleteObjects } from "./delete-objects";
import type { Exchange, Operation } from "./exchange";
import { getObject } from "./get-object";
import { listObjectsV1, listObjectsV2, listVersions } from "./list-objects";
import { abortUpload, createUpload, putPart } from "./multipart";
import { listParts, listUploads } from "./multipart-lists";
import { copyPart } from "./copy-part";
import { getObjectAttributes } from "./object-attributes";
import { putObject } from "./put-object";
import {
  ABSENT_SETTINGS,
  deleteTags,
  FIXED_SETTING_NAMES,
  getAcl,
  getFixedSetting,
  getTags,
  putAcl,
  putTags,
  refuseAbsent,
} from "./settings";

// Query names that select another operation. One without a route is answered NotImplemented. Other query names are
// ignored, as S3 does: SDKs add names such as `x-id`.
const SUBRESOURCES = new Set([
  ...Object.keys(ABSENT_SETTINGS),
  ...FIXED_SETTING_NAMES,
  ...[
    "abac",
    "acl",
    "analytics",
    "attributes",
    "delete",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "metadataConfiguration",
    "metadataTable",
  ],
  ...[
    "metrics",
    "renameObject",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versions",
  ],
]);

const BUCKET_ROUTES: Record<string, Operation> = {
  "GET ": (exchange) => (exchange.query.get("list-type") === "2" ? listObjectsV2(exchange) : listObjectsV1(exchange)),
  "GET acl": getAcl,
  "GET tagging": getTags,
  "GET uploads": listUploads,
  "GET versions": listVersions,
  "HEAD ": headBucket,
  "PUT ": createBucket,
  "PUT acl": putAcl,
  "PUT tagging": putTags,
  "DELETE ": deleteBucket,
  "DELETE tagging": deleteTags,
  "POST delete": deleteObjects,
  ...Object.fromEntries(FIXED_SETTING_NAMES.map((name) => [`GET ${name}`, getFixedSetting(name)])),
  ...Object.fromEntries(Object.entries(ABSENT_SETTINGS).map(([name, code]) => [`GET ${name}`, refuseAbsent(code)])),
};

const OBJECT_ROUTES: Record<string, Operation> = {
  "GET ": getObject,
  "GET acl": getAcl,
  "GET attributes": getObjectAttributes,
  "GET tagging": getTags,
  "GET uploadId": listParts,
  "HEAD ": getObject,
  "PUT ": (exchange) => (exchange.headers.has("x-amz-copy-source") ? copyObject(exchange) : putObject(exchange)),
  "PUT acl": putAcl,
  "PUT tagging": putTags,
  "PUT uploadId": (exchange) => (exchange.headers.has("x-amz-copy-source") ? copyPart(exchange) : putPart(exchange)),
  "DELETE ": deleteObject,
  "DELETE tagging": deleteTags,
  "DELETE uploadId": abortUpload,
  "POST uploads": createUpload,
  "POST uploadId": completeUpload,
};

/** Finds the operation of a request. Throws S3's error when there is none. */
export function findOperation({
  method,
  bucket,
  object,
  query,
}: Pick<Exchange, "method" | "bucket" | "object" | "query">): Operation {
  const named = [...query.keys()].filter((name) => SUBRESOURCES.has(name));
  if (named.length > 1) throw new S3Error("InvalidArgument", "The query names more than one subresource.");
  if (bucket === "") {
    if (method === "GET" && named.length === 0) return listBuckets;
    throw new S3Error("MethodNotAllowed");
  }
  const routes = object === "" ? BUCKET_ROUTES : OBJECT_ROUTES;
  const operation = routes[`${method} ${named[0] ?? ""}`];
  if (operation) return operation;
  if (named.length > 0) throw new S3Error("NotImplemented", undefined, { Subresource: named[0] ?? "" });
  throw new S3Error(["GET", "HEAD", "PUT", "POST", "DELETE"].includes(method) ? "NotImplemented" : "MethodNotAllowed");
}
