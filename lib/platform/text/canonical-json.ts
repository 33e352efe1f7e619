export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/**
 * JSON in the canonical form of RFC 8785: no spaces, and the fields of every object in the order of their names. Equal
 * values have equal texts, whoever writes them.
 */
export function canonicalize(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.keys(value)
    // By UTF-16 code units, as the RFC wants it.
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalize(value[name] ?? null)}`);
  return `{${fields.join(",")}}`;
}
