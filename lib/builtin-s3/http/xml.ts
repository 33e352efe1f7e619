import { XMLParser, XMLValidator } from "fast-xml-parser";
import { S3Error } from "../s3-error";

const XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** An element with text. Control characters, which keys may have, become references, as S3 writes them. */
export function text(name: string, value: string | number): string {
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** An element with child elements. Undefined children are left out. */
export function node(name: string, ...children: (string | undefined)[]): string {
  return `<${name}>${children.filter((child) => child !== undefined).join("")}</${name}>`;
}

/** A document whose root is in S3's namespace. */
export function document(root: string, ...children: (string | undefined)[]): string {
  const inner = node(root, ...children);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${XMLNS}"${inner.slice(root.length + 1)}`;
}

export function escapeXml(value: string): string {
  // Matched by exclusion, because eslint forbids control characters in patterns.
  return value.replace(
    /[&<>"]|[^\t\n\x20-\u{10ffff}]/gu,
    (char) => ESCAPES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`,
  );
}

type XmlValue = string | XmlElement | readonly XmlValue[] | undefined;
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: "#cdata",
});

/** Parses a request's XML and returns its root, which must have this name. Accepts no DTD and no own entities. */
export function parseXml(body: Buffer, root: string): XmlElement {
  const source = body.toString("utf8");
  if (/<!(DOCTYPE|ENTITY)/i.test(source) || XMLValidator.validate(source) !== true) throw new S3Error("MalformedXML");
  const found = parseRoot(source)[root];
  // The parser turns an empty root element into an empty text.
  if (found === "") return {};
  if (found === undefined || !isElement(found)) throw new S3Error("MalformedXML");
  return found;
}

function parseRoot(source: string): XmlElement {
  try {
    return parser.parse(source) as XmlElement;
  } catch {
    throw new S3Error("MalformedXML");
  }
}

function isElement(value: XmlValue): value is XmlElement {
  return typeof value === "object" && !Array.isArray(value);
}

/** The children of this name that are elements and not text. */
export function childElements(parent: XmlElement, name: string): XmlElement[] {
  const found = parent[name];
  const list = Array.isArray(found) ? (found as readonly XmlValue[]) : found === undefined ? [] : [found];
  return list.map((item) => {
    if (item === undefined || !isElement(item)) throw new S3Error("MalformedXML");
    return item;
  });
}

/** The text of the only child of this name; undefined when there is none. */
export function childText(parent: XmlElement, name: string): string | undefined {
  const found = parent[name];
  if (found === undefined) return undefined;
  if (typeof found !== "string") throw new S3Error("MalformedXML");
  return found.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g,
    (whole, hex?: string, decimal?: string, name_?: string) => {
      if (name_ !== undefined) return NAMED[name_] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new S3Error("MalformedXML");
      return String.fromCodePoint(code);
    },
  );
}
