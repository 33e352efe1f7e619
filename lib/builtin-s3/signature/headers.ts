/** Values by lower-case name. Repeated headers are joined with a comma, as in SigV4's canonical form. */
export type HeaderMap = ReadonlyMap<string, string>;

/**
 * Reads Node's flat list of raw headers. Node's `headers` object keeps only the first of some repeated headers: then
 * the signature could cover another value than the server uses.
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
