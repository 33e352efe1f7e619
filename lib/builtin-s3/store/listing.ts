import type { KeyIndex } from "./key-index";

export interface ListQuery {
  prefix: string;
  /** Empty for no grouping. */
  delimiter: string;
  /** Only names after this one are listed. When it is a common prefix, all its keys are skipped. */
  after: string;
  limit: number;
}

export interface ListPage<V> {
  entries: [key: string, value: V][];
  prefixes: string[];
  /** The last name of the page, a key or a common prefix; present when there are more. */
  next?: string;
}

/** One page of a listing, in key order. Common prefixes count towards the limit as keys do. */
export function listKeys<V>(index: KeyIndex<V>, query: ListQuery): ListPage<V> {
  const { prefix, delimiter, after, limit } = query;
  const page: ListPage<V> = { entries: [], prefixes: [] };
  let position = startOf(index, query);
  let last = "";
  for (let count = 0; ; count += 1) {
    const key = index.keyAt(position);
    if (key === undefined || !key.startsWith(prefix)) return page;
    if (count >= limit) {
      if (limit > 0) page.next = last;
      return page;
    }
    const group = groupOf(key, prefix, delimiter);
    if (group === undefined) {
      const value = index.get(key);
      if (value !== undefined) page.entries.push([key, value]);
      last = key;
      position += 1;
    } else {
      position = index.afterPrefix(group, position);
      if (group === after) {
        count -= 1;
        continue;
      }
      page.prefixes.push(group);
      last = group;
    }
  }
}

function startOf<V>(index: KeyIndex<V>, { prefix, delimiter, after }: ListQuery): number {
  const fromPrefix = index.lowerBound(prefix);
  if (after === "") return fromPrefix;
  const from = index.lowerBound(after);
  const grouped =
    delimiter !== "" &&
    after.startsWith(prefix) &&
    after.endsWith(delimiter) &&
    groupOf(after, prefix, delimiter) === after;
  if (grouped) return Math.max(fromPrefix, index.afterPrefix(after, from));
  return Math.max(fromPrefix, index.keyAt(from) === after ? from + 1 : from);
}

/** The common prefix of a key: its part up to the first delimiter after the prefix. Undefined without a delimiter. */
export function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
