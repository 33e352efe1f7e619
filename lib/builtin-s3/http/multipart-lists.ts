import { compareKeys } from "../store/key-index";
import { groupOf } from "../store/listing";
import { elementOf } from "./checksum";
import { type Exchange, isoDate, numberInQuery, replyXml } from "./exchange";
import { nameEncoder, owner } from "./list-objects";
import { readUpload } from "./multipart";
import { document, node, text } from "./xml";

const PAGE = 1000;

/** ListParts. S3 knows no `encoding-type` here, so clients do not decode the key, which is written unchanged. */
export async function listParts(exchange: Exchange): Promise<void> {
  const upload = readUpload(exchange);
  const limit = numberInQuery(exchange, "max-parts", PAGE, 1, PAGE);
  const marker = numberInQuery(exchange, "part-number-marker", 0, 0, 10_000);
  const after = [...upload.parts.values()].filter(({ number }) => number > marker).sort((a, b) => a.number - b.number);
  const parts = after.slice(0, limit);
  const { checksum } = upload;
  replyXml(
    exchange,
    document(
      "ListPartsResult",
      text("Bucket", exchange.bucket),
      text("Key", exchange.object),
      text("UploadId", upload.id),
      node("Initiator", text("ID", exchange.caller.account), text("DisplayName", exchange.caller.account)),
      owner(exchange.caller.account),
      text("StorageClass", "STANDARD"),
      text("PartNumberMarker", marker),
      text("NextPartNumberMarker", parts.at(-1)?.number ?? 0),
      text("MaxParts", limit),
      text("IsTruncated", String(after.length > limit)),
      checksum && text("ChecksumAlgorithm", checksum.algorithm),
      checksum && text("ChecksumType", checksum.type),
      ...parts.map((part) =>
        node(
          "Part",
          text("PartNumber", part.number),
          text("LastModified", isoDate(part.modifiedAt)),
          text("ETag", `"${part.etag}"`),
          text("Size", part.size),
          checksum && part.checksum !== undefined ? text(elementOf(checksum.algorithm), part.checksum) : undefined,
        ),
      ),
    ),
  );
}

export async function listUploads(exchange: Exchange): Promise<void> {
  const { query, caller } = exchange;
  const encode = nameEncoder(exchange);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const limit = numberInQuery(exchange, "max-uploads", PAGE, 1, PAGE);
  const waiting = exchange.region.store
    .listUploads(caller, exchange.bucket)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id));
  const items: { name: string; id: string; xml: string }[] = [];
  for (const upload of waiting) {
    const group = groupOf(upload.key, prefix, delimiter);
    const name = group ?? upload.key;
    const order = keyMarker === "" ? 1 : compareKeys(name, keyMarker);
    if (order < 0 || (order === 0 && (group !== undefined || idMarker === "" || compareKeys(upload.id, idMarker) <= 0)))
      continue;
    if (group !== undefined && items.at(-1)?.name === group) continue;
    const xml =
      group === undefined
        ? node(
            "Upload",
            text("Key", encode(upload.key)),
            text("UploadId", upload.id),
            node("Initiator", text("ID", caller.account), text("DisplayName", caller.account)),
            owner(caller.account),
            text("StorageClass", "STANDARD"),
            text("Initiated", isoDate(upload.startedAt)),
          )
        : node("CommonPrefixes", text("Prefix", encode(group)));
    items.push({ name, id: group === undefined ? upload.id : "", xml });
    if (items.length > limit) break;
  }
  const page = items.slice(0, limit);
  const truncated = items.length > limit;
  replyXml(
    exchange,
    document(
      "ListMultipartUploadsResult",
      text("Bucket", exchange.bucket),
      text("KeyMarker", encode(keyMarker)),
      text("UploadIdMarker", idMarker),
      text("NextKeyMarker", encode(page.at(-1)?.name ?? "")),
      text("NextUploadIdMarker", page.at(-1)?.id ?? ""),
      delimiter === "" ? undefined : text("Delimiter", encode(delimiter)),
      text("Prefix", encode(prefix)),
      query.get("encoding-type") ? text("EncodingType", "url") : undefined,
      text("MaxUploads", limit),
      text("IsTruncated", String(truncated)),
      ...page.map(({ xml }) => xml),
    ),
  );
}
