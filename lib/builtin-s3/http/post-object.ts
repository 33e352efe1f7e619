import { createHash } from "node:crypto";
import { S3Error } from "../s3-error";
import type { HeaderMap } from "../signature/headers";
import type { Extent } from "../store/blob-writer";
import type { StoredChecksum } from "../store/records";
import { checksumHeaders, readExpectedChecksum, startChecksum } from "./checksum";
import { type Exchange, locationOf, reply, replyXml } from "./exchange";
import type { FormReader } from "./form-data";
import { checkKey } from "./names";
import { readAttributes } from "./object-headers";
import { allowedSize, checkPolicy, parsePolicy } from "./post-policy";
import { isDiskFull, MAX_OBJECT_BYTES } from "./put-object";
import { parseTagXml } from "./tagging-rules";
import { document, text } from "./xml";

export interface PostedForm {
  /** The fields before the file, by lower-case name. */
  fields: ReadonlyMap<string, string>;
  /** The file's name as the browser sent it. */
  fileName: string;
  reader: FormReader;
}

/** PostObject. Stores the file of a form with a verified signature, if the policy allows it. */
export async function postObject(exchange: Exchange, { fields, fileName, reader }: PostedForm): Promise<void> {
  const { caller, bucket, region } = exchange;
  const pattern = fields.get("key");
  if (!pattern) throw new S3Error("UserKeyMustBeSpecified", undefined, { ArgumentName: "key" });
  const key = pattern.replaceAll("${filename}", () => fileName);
  checkKey(key);
  const policy = parsePolicy(fields.get("policy") ?? "");
  checkPolicy(policy, new Map([...fields, ["bucket", bucket], ["key", key]]), Date.now());
  region.store.openBucket(caller, bucket);
  const tagging = fields.get("tagging");
  const attributes = {
    ...readAttributes(exchange.headers),
    ...(tagging ? { tags: parseTagXml(Buffer.from(tagging), 10) } : {}),
  };
  const file = await receiveFile(exchange, reader, allowedSize(policy, MAX_OBJECT_BYTES));
  const object = { ...attributes, ...file, modifiedAt: Date.now() };
  await region.store.putObject(caller, bucket, key, object);
  answer(exchange, fields, key, object);
}

type ReceivedFile = { size: number; etag: string; extents: Extent[]; checksum?: StoredChecksum };

async function receiveFile(
  exchange: Exchange,
  reader: FormReader,
  allowed: { min: number; max: number },
): Promise<ReceivedFile> {
  const expected = readExpectedChecksum(exchange.headers);
  const checksum = expected && startChecksum(expected.algorithm);
  const writer = exchange.region.store.createBlob();
  const md5 = createHash("md5");
  let size = 0;
  try {
    for await (const piece of reader.content()) {
      size += piece.length;
      if (size > allowed.max)
        throw new S3Error("EntityTooLarge", undefined, {
          ProposedSize: String(size),
          MaxSizeAllowed: String(allowed.max),
        });
      md5.update(piece);
      checksum?.update(piece);
      await writer.write(piece);
    }
    await reader.finish();
    if (!exchange.request.complete) throw new S3Error("IncompleteBody");
    if (size < allowed.min)
      throw new S3Error("EntityTooSmall", undefined, {
        ProposedSize: String(size),
        MinSizeAllowed: String(allowed.min),
      });
    const value = checksum?.digest().toString("base64");
    if (expected?.value !== value) throw new S3Error("BadDigest");
    exchange.caller.check();
    const extents = await writer.finish();
    const stored: StoredChecksum | undefined =
      expected && value !== undefined ? { algorithm: expected.algorithm, value, type: "FULL_OBJECT" } : undefined;
    return { size, etag: md5.digest("hex"), extents, checksum: stored };
  } catch (reason) {
    await writer.abort();
    throw isDiskFull(reason) ? new S3Error("ServiceUnavailable", "The storage is full.") : reason;
  }
}

function answer(exchange: Exchange, fields: ReadonlyMap<string, string>, key: string, object: ReceivedFile): void {
  const { bucket } = exchange;
  const etag = `"${object.etag}"`;
  const location = locationOf(exchange, key);
  const headers = { etag, location, ...checksumHeaders(object.checksum) };
  const target = readRedirect(fields.get("success_action_redirect") ?? fields.get("redirect"));
  if (target) {
    for (const [name, value] of Object.entries({ bucket, key, etag })) target.searchParams.append(name, value);
    return reply(exchange, 303, { ...headers, location: target.href });
  }
  const status = fields.get("success_action_status");
  if (status !== "201") return reply(exchange, status === "200" ? 200 : 204, headers);
  const body = document(
    "PostResponse",
    text("Location", location),
    text("Bucket", bucket),
    text("Key", key),
    text("ETag", etag),
  );
  replyXml(exchange, body, headers, 201);
}

/** The address to which the browser is redirected. Ignored when it is not an HTTP address, as S3 does. */
function readRedirect(given: string | undefined): URL | undefined {
  if (given === undefined || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

/** Converts the form's fields to the headers of a PUT. Values are bytes in latin1, as in received headers. */
export function headersOfForm(fields: ReadonlyMap<string, string>, host: string): HeaderMap {
  const headers = new Map([["host", host]]);
  for (const [name, value] of fields) {
    if (SIGNATURE_FIELDS.has(name)) continue;
    const text = Buffer.from(value).toString("latin1");
    if (isStored(name) && (!HEADER_NAME.test(name) || !HEADER_VALUE.test(text))) {
      throw new S3Error("InvalidArgument", "A field holds characters that a header cannot.");
    }
    headers.set(name === "acl" ? "x-amz-acl" : name, text);
  }
  return headers;
}

// Node has not checked the fields of a form as it checks headers, and stored values are sent as headers later.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function isStored(name: string): boolean {
  return name.startsWith("x-amz-") || name.startsWith("content-") || name === "cache-control" || name === "expires";
}

const SIGNATURE_FIELDS = new Set([
  "host",
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-signature",
  "x-amz-tagging",
]);
