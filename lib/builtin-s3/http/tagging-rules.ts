import { decodePercent } from "../signature/target";
import { S3Error } from "../s3-error";
import type { StoredTags, TagPair } from "../store/records";
import { childElements, childText, document, node, parseXml, text } from "./xml";

/** The tags of a record, in their order. */
export function tagPairs(tags: StoredTags): readonly TagPair[] {
  return isPairs(tags) ? tags : Object.entries(tags);
}

function isPairs(tags: StoredTags): tags is readonly TagPair[] {
  return Array.isArray(tags);
}

/** Reads the tags of the header `x-amz-tagging`: `a=1&b=2`. */
export function parseTagHeader(header: string): TagPair[] {
  const pairs = header.split("&").filter((pair) => pair !== "");
  return checkTags(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      const name = decodePercent(equals < 0 ? pair : pair.slice(0, equals), true);
      const value = decodePercent(equals < 0 ? "" : pair.slice(equals + 1), true);
      if (name === undefined || value === undefined) throw new S3Error("InvalidTag");
      return [name, value];
    }),
    10,
  );
}

/** Reads a `Tagging` document; objects may have 10 tags, buckets 50. */
export function parseTagXml(body: Buffer, max: number): TagPair[] {
  const [set] = childElements(parseXml(body, "Tagging"), "TagSet").slice(0, 1);
  const tags = set ? childElements(set, "Tag") : [];
  return checkTags(
    tags.map((tag) => [childText(tag, "Key") ?? "", childText(tag, "Value") ?? ""]),
    max,
  );
}

function checkTags(tags: TagPair[], max: number): TagPair[] {
  if (new Set(tags.map(([name]) => name)).size !== tags.length)
    throw new S3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
  if (tags.length > max) throw new S3Error("InvalidTag", `There can be at most ${max} tags.`);
  for (const [name, value] of tags) {
    if (name === "" || name.length > 128 || value.length > 256) throw new S3Error("InvalidTag");
  }
  return tags;
}

export function tagDocument(tags: StoredTags): string {
  const items = tagPairs(tags).map(([name, value]) => node("Tag", text("Key", name), text("Value", value)));
  return document("Tagging", node("TagSet", ...items));
}
