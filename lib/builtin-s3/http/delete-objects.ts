import { S3Error } from "../s3-error";
import { writePrecondition } from "./conditions";
import { type Exchange, readXmlBody, reply, replyXml } from "./exchange";
import { childElements, childText, document, node, parseXml, text } from "./xml";

const MAX_KEYS = 1000;
// A thousand keys of a kilobyte, each character escaped.
const BODY_BYTES = 4 * 1024 * 1024;

export async function deleteObject(exchange: Exchange): Promise<void> {
  if ((exchange.query.get("versionId") ?? "null") !== "null")
    throw new S3Error("InvalidArgument", "Invalid version id specified");
  const precondition = exchange.headers.has("if-match") ? writePrecondition(exchange.headers) : undefined;
  await exchange.region.store.removeObjects(exchange.caller, exchange.bucket, [exchange.object], precondition);
  reply(exchange, 204);
}

/** DeleteObjects: up to 1,000 keys in one step. */
export async function deleteObjects(exchange: Exchange): Promise<void> {
  exchange.region.store.openBucket(exchange.caller, exchange.bucket);
  const root = parseXml(await readXmlBody(exchange, BODY_BYTES), "Delete");
  const objects = childElements(root, "Object");
  if (objects.length === 0 || objects.length > MAX_KEYS) throw new S3Error("MalformedXML");
  const keys: string[] = [];
  const errors: string[] = [];
  for (const object of objects) {
    const key = childText(object, "Key");
    if (key === undefined || key === "") throw new S3Error("MalformedXML");
    const version = childText(object, "VersionId") ?? "null";
    if (version === "null" || version === "") keys.push(key);
    else
      errors.push(
        node(
          "Error",
          text("Key", key),
          text("VersionId", version),
          text("Code", "NoSuchVersion"),
          text("Message", "The specified version does not exist."),
        ),
      );
  }
  await exchange.region.store.removeObjects(exchange.caller, exchange.bucket, keys);
  const quiet = childText(root, "Quiet")?.trim().toLowerCase() === "true";
  const deleted = quiet ? [] : keys.map((key) => node("Deleted", text("Key", key)));
  replyXml(exchange, document("DeleteResult", ...deleted, ...errors));
}
