const LENGTH_MAX = 40_000;
const DEPTH_MAX = 32;
const PARAM_KINDS = /^(c|oc|d|(ci|di)(\(\.\.\)\(\.\.\)|\(\.\)|\(\.\.\)|\(\.\.\.\)))$/;
const MARKERS = ["refetch", "inside-shared-layout", "metadata-only"];

/** Whether Next can read a header Next-Router-State-Tree. Next answers 500 otherwise. The shape is Next 16's. */
export function isRouterState(header: string): boolean {
  if (header.length > LENGTH_MAX) return false;
  try {
    return isTree(JSON.parse(decodeURIComponent(header)), DEPTH_MAX);
  } catch {
    return false;
  }
}

function isTree(value: unknown, depth: number): boolean {
  if (depth === 0 || !Array.isArray(value) || value.length < 2 || value.length > 6) return false;
  const [segment, children, url = null, marker = null, hints = null, rest] = value as unknown[];
  return (
    isSegment(segment) &&
    isObject(children) &&
    Object.values(children).every((child) => isTree(child, depth - 1)) &&
    (url === null || (isTexts(url) && url.length === 2)) &&
    (marker === null || MARKERS.includes(String(marker))) &&
    (hints === null || typeof hints === "number") &&
    (rest === undefined || typeof rest === "string")
  );
}

function isSegment(value: unknown): boolean {
  if (typeof value === "string") return true;
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, key, kind, siblings] = value as unknown[];
  const isKnown = typeof kind === "string" && PARAM_KINDS.test(kind);
  return isTexts([name, key]) && isKnown && (siblings === null || isTexts(siblings));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === "string");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
