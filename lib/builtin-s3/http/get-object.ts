import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { S3Error } from "../s3-error";
import type { StoredObject } from "../store/records";
import { checksumHeaders } from "./checksum";
import { checkConditions } from "./conditions";
import { type Exchange, numberInQuery, reply, type ReplyHeaders } from "./exchange";
import { describeObject, OBJECT_POLICY } from "./object-headers";
import { type ByteRange, parseRange } from "./range";

const OVERRIDES = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
] as const;

/** GetObject and HeadObject: conditions, a range or a part, response overrides. */
export async function getObject(exchange: Exchange): Promise<void> {
  const object = exchange.region.store.openObject(exchange.caller, exchange.bucket, exchange.object);
  if ((exchange.query.get("versionId") ?? "null") !== "null")
    throw new S3Error("InvalidArgument", "Invalid version id specified");
  const condition = checkConditions(exchange.headers, object);
  if (condition === "failed") throw new S3Error("PreconditionFailed");
  if (condition === "not modified")
    return reply(exchange, 304, {
      etag: `"${object.etag}"`,
      "last-modified": describeObject(object)["last-modified"],
      // A cache replaces the headers of its copy by the headers of this answer.
      "content-security-policy": OBJECT_POLICY,
    });

  const headers: ReplyHeaders = { ...describeObject(object), ...readOverrides(exchange) };
  if (exchange.query.has("versionId")) headers["x-amz-version-id"] = "null";
  const range = chooseRange(exchange, object);
  if (range === "unsatisfiable") {
    exchange.response.setHeader("content-range", `bytes */${object.size}`);
    throw new S3Error("InvalidRange", undefined, { ActualObjectSize: String(object.size) });
  }
  if (object.parts && exchange.query.has("partNumber")) headers["x-amz-mp-parts-count"] = object.parts.length;
  if (range) headers["content-range"] = `bytes ${range.start}-${range.start + range.length - 1}/${object.size}`;
  else if (exchange.headers.get("x-amz-checksum-mode")?.toUpperCase() === "ENABLED")
    Object.assign(headers, checksumHeaders(object.checksum));
  await send(exchange, object, range ?? { start: 0, length: object.size }, range ? 206 : 200, headers);
}

async function send(
  exchange: Exchange,
  object: StoredObject,
  range: ByteRange,
  status: number,
  headers: ReplyHeaders,
): Promise<void> {
  const { response } = exchange;
  const sized = { ...headers, "content-length": range.length };
  if (exchange.method === "HEAD") return reply(exchange, status, sized);
  const pieces = exchange.region.store.blobs.read(object.extents, range.start, range.length);
  // The first piece is read before the headers are sent: a failure can still be answered with a status.
  const first = await pieces.next();
  // The key may have been removed while the piece was read.
  exchange.caller.check();
  if (first.done || first.value.length === range.length) {
    await pieces.return(undefined);
    return reply(exchange, status, sized, first.done ? Buffer.alloc(0) : first.value);
  }
  for (const [name, value] of Object.entries(sized)) if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status);
  response.write(first.value);
  await pipeline(Readable.from(pieces), response);
}

function chooseRange(exchange: Exchange, object: StoredObject): ByteRange | "unsatisfiable" | undefined {
  if (!exchange.query.has("partNumber")) {
    const ifRange = exchange.headers.get("if-range");
    if (ifRange !== undefined && ifRange.replaceAll('"', "") !== object.etag) return undefined;
    return parseRange(exchange.headers.get("range"), object.size);
  }
  if (exchange.headers.has("range"))
    throw new S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter.");
  const number = numberInQuery(exchange, "partNumber", 1, 1, 10_000);
  const parts = object.parts ?? [{ number: 1, size: object.size }];
  let start = 0;
  for (const part of parts.slice(0, number - 1)) start += part.size;
  const part = parts[number - 1];
  if (!part) throw new S3Error("InvalidPartNumber");
  return part.size === 0 ? undefined : { start, length: part.size };
}

function readOverrides(exchange: Exchange): ReplyHeaders {
  const headers: ReplyHeaders = {};
  for (const name of OVERRIDES) {
    const value = exchange.query.get(`response-${name}`);
    if (value === undefined) continue;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new S3Error("InvalidArgument", `response-${name} holds characters that a header cannot.`);
    headers[name] = value;
  }
  return headers;
}
