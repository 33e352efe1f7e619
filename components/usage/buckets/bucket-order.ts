import type { BucketQuery, BucketSort } from "@/lib/usage/schema";

/** In which order buckets are listed. */
export type BucketOrder = Pick<BucketQuery, "sort" | "order">;

/** The orders as one parameter of the address each, and their names. The first is the usual one. */
export const ORDER_NAMES = {
  name: "Name, A to Z",
  "name-desc": "Name, Z to A",
  "bytes-desc": "Largest first",
  bytes: "Smallest first",
  "objects-desc": "Most objects first",
  objects: "Fewest objects first",
  "createdAt-desc": "Newest first",
  createdAt: "Oldest first",
} as const satisfies Partial<Record<BucketSort | `${BucketSort}-desc`, string>>;

type OrderText = keyof typeof ORDER_NAMES;

const USUAL = "name" satisfies OrderText;

/** The order that an address has. What it does not know is the usual order. */
export function readOrder(text: string | undefined): BucketOrder {
  const known = (Object.keys(ORDER_NAMES) as OrderText[]).find((name) => name === text) ?? USUAL;
  const [sort = USUAL, order = "asc"] = known.split("-") as [BucketSort, "desc"?];
  return { sort, order };
}

/** The parameter of the address for an order. Undefined for the usual one. */
export function writeOrder({ sort, order }: BucketOrder): OrderText | undefined {
  const text: OrderText = order === "desc" ? `${sort}-desc` : sort;
  return text === USUAL ? undefined : text;
}

/** The order after a press on the head of a column: names begin at A, sizes at the largest, dates at the newest. */
export function chooseOrder(column: BucketSort, current: BucketOrder): BucketOrder {
  if (current.sort === column) return { sort: column, order: current.order === "asc" ? "desc" : "asc" };
  return { sort: column, order: column === "name" ? "asc" : "desc" };
}
