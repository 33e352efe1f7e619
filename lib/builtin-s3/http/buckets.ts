import { S3Error } from "../s3-error";
import { type Exchange, isoDate, readXmlBody, reply, replyXml } from "./exchange";
import { owner } from "./list-objects";
import { childText, document, node, parseXml, text } from "./xml";

/** S3's rules: 3 to 63 of `a-z 0-9 - .`, beginning and ending in a letter or digit, no `..`, no IP address. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
}

/**
 * Checks the name of a new bucket. S3 refuses `.-` and `-.`, because a label of a host name neither begins nor ends in a
 * hyphen. Earlier versions of this server accepted such names, so requests to an existing bucket are not refused.
 */
function checkNewName(name: string): void {
  if (/\.-|-\./.test(name)) throw new S3Error("InvalidBucketName", undefined, { BucketName: name });
}

export async function listBuckets(exchange: Exchange): Promise<void> {
  const prefix = exchange.query.get("prefix") ?? "";
  const buckets = exchange.region.store
    .listBuckets(exchange.caller.account)
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, createdAt }) => node("Bucket", text("Name", name), text("CreationDate", isoDate(createdAt))));
  replyXml(exchange, document("ListAllMyBucketsResult", owner(exchange.caller.account), node("Buckets", ...buckets)));
}

export async function createBucket(exchange: Exchange): Promise<void> {
  checkNewName(exchange.bucket);
  const body = await readXmlBody(exchange);
  if (body.length > 0) {
    const constraint = childText(parseXml(body, "CreateBucketConfiguration"), "LocationConstraint");
    if (constraint !== undefined && constraint !== "" && constraint !== exchange.region.signingRegion) {
      throw new S3Error(
        "InvalidLocationConstraint",
        `This endpoint serves the region ${exchange.region.signingRegion}.`,
        { LocationConstraint: constraint },
      );
    }
  }
  await exchange.region.store.createBucket(exchange.caller, exchange.bucket);
  reply(exchange, 200, { location: `/${exchange.bucket}` });
}

export async function headBucket(exchange: Exchange): Promise<void> {
  exchange.region.store.openBucket(exchange.caller, exchange.bucket);
  reply(exchange, 200, {
    "x-amz-bucket-region": exchange.region.signingRegion,
    "content-type": "application/xml",
    "content-length": 0,
  });
}

export async function deleteBucket(exchange: Exchange): Promise<void> {
  await exchange.region.store.removeBucket(exchange.caller, exchange.bucket);
  reply(exchange, 204);
}
