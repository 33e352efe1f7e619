import type { HeaderMap } from "../signature/headers";
import { S3Error } from "../s3-error";
import type { StoredObject } from "../store/records";
import type { Precondition } from "../store/object-store";

function matches(header: string, etag: string): boolean {
  return header.split(",").some((item) => {
    const given = item
      .trim()
      .replace(/^W\//, "")
      .replace(/^"(.*)"$/, "$1");
    return given === "*" || given === etag;
  });
}

/** HTTP dates are whole seconds: an object that changed within the given second counts as not changed since. */
function secondOf(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

export type Condition = "met" | "failed" | "not modified";

/**
 * Evaluates If-Match, If-None-Match and If-(Un)Modified-Since in the order of RFC 9110: an ETag condition overrules the
 * date condition. `prefix` is the prefix of the header names, for conditions on the source of a copy.
 */
export function checkConditions(headers: HeaderMap, object: StoredObject, prefix = ""): Condition {
  const ifMatch = headers.get(`${prefix}if-match`);
  const ifNoneMatch = headers.get(`${prefix}if-none-match`);
  const unmodified = Date.parse(headers.get(`${prefix}if-unmodified-since`) ?? "");
  const modified = Date.parse(headers.get(`${prefix}if-modified-since`) ?? "");
  const changedAt = secondOf(object.modifiedAt);
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return "failed";
  } else if (changedAt > unmodified) return "failed";
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, object.etag)) return "not modified";
  } else if (changedAt <= modified) return "not modified";
  return "met";
}

/** The conditions of a write: `If-None-Match: *` (only create) and `If-Match` (only replace that version). */
export function writePrecondition(headers: HeaderMap): Precondition {
  const ifMatch = headers.get("if-match");
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*") {
    throw new S3Error("NotImplemented", "If-None-Match on a write must be *.", { Header: "If-None-Match" });
  }
  return (current) => {
    if (ifNoneMatch !== undefined && current)
      throw new S3Error("PreconditionFailed", undefined, { Condition: "If-None-Match" });
    if (ifMatch === undefined) return;
    if (!current) throw new S3Error("NoSuchKey");
    if (!matches(ifMatch, current.etag)) throw new S3Error("PreconditionFailed", undefined, { Condition: "If-Match" });
  };
}
