import type { IncomingMessage } from "node:http";
import { S3Error } from "../s3-error";
import type { HeaderMap } from "../signature/headers";
import type { RequestTarget } from "../signature/target";
import { FormReader, readBoundary } from "./form-data";
import type { PostedForm } from "./post-object";
import { MAX_OBJECT_BYTES } from "./put-object";
import { readAtPace } from "./pace";

// The size of the largest form without its file.
const MAX_BODY_BYTES = MAX_OBJECT_BYTES + 64 * 1024;

/** The boundary of a browser's form upload, whose signature is in its fields. Undefined for any other request. */
export function findFormBoundary(method: string, target: RequestTarget, headers: HeaderMap): string | undefined {
  const toBucket = /^\/[^/]+\/?$/.test(target.path);
  if (method !== "POST" || !toBucket || target.query.length > 0 || headers.has("authorization")) return undefined;
  return readBoundary(headers.get("content-type"));
}

/** Reads a form up to the first byte of its file. Throws S3Error for a malformed form. */
export async function openForm(request: IncomingMessage, headers: HeaderMap, boundary: string): Promise<PostedForm> {
  const length = headers.get("content-length");
  if (length === undefined) throw new S3Error("MissingContentLength");
  if (Number(length) > MAX_BODY_BYTES)
    throw new S3Error("EntityTooLarge", undefined, { ProposedSize: length, MaxSizeAllowed: String(MAX_BODY_BYTES) });
  const reader = new FormReader(readAtPace(request, Number(length)), boundary);
  const fields = new Map<string, string>();
  await reader.begin();
  for (let part = await reader.nextPart(); part; part = await reader.nextPart()) {
    const name = part.name.toLowerCase();
    if (name === "file") return { fields, fileName: part.fileName ?? "", reader };
    if (fields.has(name)) throw new S3Error("InvalidArgument", "A field is given twice.", { ArgumentName: name });
    fields.set(name, (await reader.readField()).toString("utf8"));
  }
  throw new S3Error("IncorrectNumberOfFilesInPostRequest");
}
