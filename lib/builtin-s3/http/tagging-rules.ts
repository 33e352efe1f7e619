import { decodePercent } from "../signature/target";
import { S3Error } from "../s3-error";
import { childElements, childText, document, node, parseXml, text } from "./xml";

export type Tags = Record<string, string>;

/** Reads the tags of the header `x-amz-tagging`: `a=1&b=2`. */
export function parseTagHeader(header: string): Tags {
  const pairs = header.split("&").filter((pair) => pair !== "");
  return toTags(
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
export function parseTagXml(body: Buffer, max: number): Tags {
  const [set] = childElements(parseXml(body, "Tagging"), "TagSet").slice(0, 1);
  const tags = set ? childElements(set, "Tag") : [];
  return toTags(
    tags.map((tag) => [childText(tag, "Key") ?? "", childText(tag, "Value") ?? ""]),
    max,
  );
}

function toTags(pairs: (readonly [string, string])[], max: number): Tags {
  const tags = new Map(pairs);
  if (tags.size !== pairs.length) throw new S3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
  if (tags.size > max) throw new S3Error("InvalidTag", `There can be at most ${max} tags.`);
  for (const [name, value] of tags) {
    if (name === "" || name.length > 128 || value.length > 256) throw new S3Error("InvalidTag");
  }
  return Object.fromEntries(tags);
}

export function tagDocument(tags: Tags): string {
  const items = Object.entries(tags).map(([name, value]) => node("Tag", text("Key", name), text("Value", value)));
  return document("Tagging", node("TagSet", ...items));
}
