import { AppError } from "@/lib/platform/errors";
import { type BucketQuery, bucketQuery } from "@/lib/usage/schema";

/** So many buckets are on a page of the dashboard: the credentials below them stay near. */
export const BUCKETS_SHOWN = 10;

/** Which buckets an address asks for. Throws BAD_INPUT. */
export function readBucketQuery(values: Record<keyof BucketQuery, string | undefined>): BucketQuery {
  const query = bucketQuery.safeParse(values);
  if (!query.success) throw new AppError("BAD_INPUT", "there are no such buckets");
  return query.data;
}
