/** Lower-case names to values; repeated headers are joined with a comma, as SigV4 canonicalises them. */
export type HeaderMap = ReadonlyMap<string, string>;

/**
 * Reads Node's flat list of raw headers. Node's own `headers` object keeps only the first of some repeated
 * headers, which would let what is signed differ from what is acted on.
 */
export function readHeaders(raw: readonly string[]): HeaderMap {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    const value = raw[index + 1] ?? "";
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}
