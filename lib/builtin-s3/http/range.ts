export interface ByteRange {
  start: number;
  length: number;
}

/**
 * Reads a Range header for an object of this size. Undefined when it is absent or malformed and so is ignored;
 * "unsatisfiable" when no byte of it is in the object. Of several ranges only the first counts, as on Ceph RGW.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})(?:,[\d\s,-]*)?$/.exec(header?.trim() ?? "");
  if (!match) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return undefined;
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, length };
  }
  if (last !== "" && Number(last) < Number(first)) return "unsatisfiable";
  if (Number(first) >= size) return "unsatisfiable";
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { start: Number(first), length: end - Number(first) + 1 };
}
