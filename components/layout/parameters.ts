/** The query of a page as Next gives it. A parameter may be missing, or may be there several times. */
export type SearchParameters = Promise<Record<string, string | string[] | undefined>>;

/** One parameter as trimmed text; undefined when it is empty, missing or given more than once. */
export function readParameter(value: string | string[] | undefined): string | undefined {
  const [only, ...more] = [value].flat();
  const text = more.length === 0 ? (only ?? "").replaceAll("\0", "").trim() : "";
  return text || undefined;
}

/** A path with a query of the parameters that are not empty. */
export function composeAddress(path: string, parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}
