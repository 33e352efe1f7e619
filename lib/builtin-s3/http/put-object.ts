import { S3Error } from "../s3-error";
import type { Extent } from "../store/blob-writer";
import type { StoredChecksum } from "../store/records";
import { type BodyDigest, type BodyLimits, readBody } from "./body";
import { checksumHeaders } from "./checksum";
import { writePrecondition } from "./conditions";
import { type Exchange, reply } from "./exchange";
import { readAttributes } from "./object-headers";

export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

export async function putObject(exchange: Exchange): Promise<void> {
  const { store } = exchange.region;
  store.openBucket(exchange.caller, exchange.bucket);
  const attributes = readAttributes(exchange.headers);
  const precondition = writePrecondition(exchange.headers);
  const { digest, extents } = await receiveBlob(exchange, { maxBytes: MAX_OBJECT_BYTES, lengthRequired: true });
  const checksum: StoredChecksum | undefined = digest.checksum && { ...digest.checksum, type: "FULL_OBJECT" };
  const object = { ...attributes, size: digest.size, etag: digest.md5, modifiedAt: Date.now(), extents, checksum };
  await store.putObject(exchange.caller, exchange.bucket, exchange.object, object, precondition);
  reply(exchange, 200, { etag: `"${digest.md5}"`, ...checksumHeaders(checksum) });
}

/** Reads the body into a new blob. Removes the blob again when the body is refused. */
export async function receiveBlob(
  exchange: Exchange,
  limits: BodyLimits,
): Promise<{ digest: BodyDigest; extents: Extent[] }> {
  const writer = exchange.region.store.createBlob();
  try {
    const digest = await readBody(exchange, limits, (piece) => writer.write(piece));
    // Checks the key again before the sync. The commit checks it a last time.
    exchange.caller.check();
    return { digest, extents: await writer.finish() };
  } catch (reason) {
    await writer.abort();
    throw isDiskFull(reason) ? new S3Error("ServiceUnavailable", "The storage is full.") : reason;
  }
}

export function isDiskFull(reason: unknown): boolean {
  return reason instanceof Error && "code" in reason && (reason.code === "ENOSPC" || reason.code === "EDQUOT");
}
