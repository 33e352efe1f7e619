import { composeAddress } from "@/components/layout/parameters";
import { type BucketOrder, readOrder, writeOrder } from "@/components/usage/buckets/bucket-order";

/** Which buckets a page shows. It stands in the address. */
export interface BucketPlace extends BucketOrder {
  /** The page. */
  path: string;
  /** The other parameters of the page. */
  others: Record<string, string | undefined>;
  region: string | undefined;
  search: string | undefined;
  cursor: string | undefined;
}

/** The part of the page that lists buckets. */
export const BUCKETS_ANCHOR = "#buckets";

/** Reads the place from the address of the page. `read` gives a parameter. */
export function readPlace(
  path: string,
  others: BucketPlace["others"],
  read: (name: string) => string | undefined,
): BucketPlace {
  const order = readOrder(read("sort"));
  return { path, others, region: read("region"), search: read("search"), cursor: read("cursor"), ...order };
}

/** The parameters of the address without the cursor. */
export function listParameters({ others, region, search, sort, order }: BucketPlace) {
  return { ...others, region, search, sort: writeOrder({ sort, order }) };
}

/** The address of the first page of these buckets. */
export function composePlace(place: BucketPlace): string {
  return composeAddress(place.path, listParameters(place)) + BUCKETS_ANCHOR;
}

/** Whether only some buckets are listed. */
export const isFiltered = ({ region, search }: BucketPlace) => region !== undefined || search !== undefined;
