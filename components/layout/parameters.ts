/** What a page gets as its query: nothing is trusted to be there once. */
export type SearchParameters = Promise<Record<string, string | string[] | undefined>>;

/** One parameter as trimmed text; undefined when it is empty, missing or given more than once. */
export function readParameter(value: string | string[] | undefined): string | undefined {
  const text = typeof value === "string" ? value.replaceAll("\0", "").trim() : "";
  return text || undefined;
}
