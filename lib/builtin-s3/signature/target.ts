/**
 * A request's path and query, decoded once. Signing, routing and storing all use this value, so that no encoding of a
 * name can be signed as one name and stored as another.
 */
export interface RequestTarget {
  /** The decoded path. Begins with a slash and is not normalised: `//`, `.` and `..` are parts of names. */
  readonly path: string;
  /** Decoded names and values, in the order of the request, with duplicates. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

// ignoreBOM keeps a leading U+FEFF: two keys may differ in it alone.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const PLAIN = /^[!-$&-*,-~]*$/;
const HEX = /^[0-9A-Fa-f]{2}$/;

/**
 * Decodes percent escapes of text whose characters are bytes (Node gives request targets as latin1). Undefined for
 * a broken escape or bytes that are not UTF-8.
 */
export function decodePercent(text: string, plusIsSpace: boolean): string | undefined {
  if (PLAIN.test(text)) return text;
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === "%") {
      const hex = text.slice(index + 1, index + 3);
      if (!HEX.test(hex)) return undefined;
      bytes[length] = Number.parseInt(hex, 16);
      index += 2;
    } else if (char === "+" && plusIsSpace) {
      bytes[length] = 0x20;
    } else {
      const code = text.charCodeAt(index);
      if (code > 0xff) return undefined;
      bytes[length] = code;
    }
    length += 1;
  }
  try {
    return utf8.decode(bytes.subarray(0, length));
  } catch {
    return undefined;
  }
}

/** Percent-encodes everything but `A-Z a-z 0-9 - _ . ~`, as SigV4 demands. */
export function encodeStrict(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Like `encodeStrict`, but keeps slashes. For canonical paths, and for keys in listings with `encoding-type=url`. */
export function encodePath(path: string): string {
  return encodeStrict(path).replaceAll("%2F", "/");
}

/** Reads a raw request target. Undefined when it is not in origin form or has a broken escape. */
export function parseTarget(raw: string): RequestTarget | undefined {
  if (!raw.startsWith("/")) return undefined;
  const mark = raw.indexOf("?");
  const path = decodePercent(mark < 0 ? raw : raw.slice(0, mark), false);
  if (path === undefined) return undefined;
  const query: [string, string][] = [];
  for (const pair of mark < 0 ? [] : raw.slice(mark + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodePercent(equals < 0 ? pair : pair.slice(0, equals), true);
    const value = decodePercent(equals < 0 ? "" : pair.slice(equals + 1), true);
    if (name === undefined || value === undefined) return undefined;
    query.push([name, value]);
  }
  return { path, query };
}

/** The canonical query: sorted by encoded name, then by encoded value, which differs from sorting `name=value`. */
export function canonicalQuery(query: RequestTarget["query"], without?: string): string {
  return query
    .filter(([name]) => name !== without)
    .map(([name, value]) => [encodeStrict(name), encodeStrict(value)] as const)
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
