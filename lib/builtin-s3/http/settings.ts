import { type S3ErrorCode, S3Error } from "../s3-error";
import type { StoredTags } from "../store/records";
import { childElements, childText, document, escapeXml, node, parseXml, text } from "./xml";
import { type Exchange, type Operation, readXmlBody, reply, replyXml } from "./exchange";
import { owner } from "./list-objects";
import { parseTagXml, tagDocument } from "./tagging-rules";

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** Bucket settings that do not exist here. Reading one is answered as on a bucket where it was never set. */
export const ABSENT_SETTINGS: Record<string, S3ErrorCode> = {
  cors: "NoSuchCORSConfiguration",
  encryption: "ServerSideEncryptionConfigurationNotFoundError",
  lifecycle: "NoSuchLifecycleConfiguration",
  "object-lock": "ObjectLockConfigurationNotFoundError",
  ownershipControls: "OwnershipControlsNotFoundError",
  policy: "NoSuchBucketPolicy",
  website: "NoSuchWebsiteConfiguration",
};

export function refuseAbsent(code: S3ErrorCode): Operation {
  return async (exchange) => {
    exchange.region.store.openBucket(exchange.caller, exchange.bucket);
    throw new S3Error(code, undefined, { BucketName: exchange.bucket });
  };
}

const FIXED_SETTINGS: Record<string, (exchange: Exchange) => string> = {
  accelerate: () => document("AccelerateConfiguration"),
  // S3 writes its first region as an empty text.
  location: ({ region }) =>
    document("LocationConstraint", region.signingRegion === "us-east-1" ? "" : escapeXml(region.signingRegion)),
  logging: () => document("BucketLoggingStatus"),
  notification: () => document("NotificationConfiguration"),
  policyStatus: () => document("PolicyStatus", text("IsPublic", "false")),
  publicAccessBlock: () =>
    document(
      "PublicAccessBlockConfiguration",
      ...["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"].map((name) =>
        text(name, "false"),
      ),
    ),
  replication: () => document("ReplicationConfiguration"),
  requestPayment: () => document("RequestPaymentConfiguration", text("Payer", "BucketOwner")),
  versioning: () => document("VersioningConfiguration"),
};

export const FIXED_SETTING_NAMES = Object.keys(FIXED_SETTINGS);

export function getFixedSetting(name: string): Operation {
  return async (exchange) => {
    exchange.region.store.openBucket(exchange.caller, exchange.bucket);
    replyXml(exchange, FIXED_SETTINGS[name]?.(exchange) ?? "");
  };
}

/** Answers the only ACL there is: the account owns its buckets and objects, and nobody else has access. */
export async function getAcl(exchange: Exchange): Promise<void> {
  openTarget(exchange);
  const { account } = exchange.caller;
  const grantee = `<Grantee xmlns:xsi="${XSI}" xsi:type="CanonicalUser">${text("ID", account)}${text("DisplayName", account)}</Grantee>`;
  replyXml(
    exchange,
    document(
      "AccessControlPolicy",
      owner(account),
      node("AccessControlList", node("Grant", grantee, text("Permission", "FULL_CONTROL"))),
    ),
  );
}

/** Accepts the existing ACL, which some clients send back. Any other is not implemented. */
export async function putAcl(exchange: Exchange): Promise<void> {
  openTarget(exchange);
  const body = await readXmlBody(exchange);
  if (body.length > 0) {
    const lists = childElements(parseXml(body, "AccessControlPolicy"), "AccessControlList");
    for (const grant of lists.flatMap((list) => childElements(list, "Grant"))) {
      const ids = childElements(grant, "Grantee").map((grantee) => childText(grantee, "ID"));
      if (ids.some((id) => id !== exchange.caller.account) || childText(grant, "Permission") !== "FULL_CONTROL") {
        throw new S3Error("NotImplemented", "Only private ACLs are implemented.");
      }
    }
  }
  reply(exchange, 200);
}

export async function getTags(exchange: Exchange): Promise<void> {
  const { tags } = openTarget(exchange);
  if (exchange.object === "" && !tags) throw new S3Error("NoSuchTagSet", undefined, { BucketName: exchange.bucket });
  replyXml(exchange, tagDocument(tags ?? []));
}

export async function putTags(exchange: Exchange): Promise<void> {
  openTarget(exchange);
  const { caller, bucket, object, region } = exchange;
  const tags = parseTagXml(await readXmlBody(exchange), object === "" ? 50 : 10);
  if (object === "") await region.store.setBucketTags(caller, bucket, tags);
  else await region.store.setObjectTags(caller, bucket, object, tags);
  reply(exchange, 200);
}

export async function deleteTags(exchange: Exchange): Promise<void> {
  const { caller, bucket, object, region } = exchange;
  if (object === "") await region.store.setBucketTags(caller, bucket, undefined);
  else await region.store.setObjectTags(caller, bucket, object, undefined);
  reply(exchange, object === "" ? 200 : 204);
}

function openTarget({ region, caller, bucket, object }: Exchange): { tags?: StoredTags } {
  return object === "" ? region.store.openBucket(caller, bucket) : region.store.openObject(caller, bucket, object);
}
