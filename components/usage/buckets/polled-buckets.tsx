"use client";

import { composeAddress } from "@/components/layout/parameters";
import { loadConfigured } from "@/components/ui/load-schema";
import { usePoll } from "@/components/ui/use-poll";
import { BucketList, type BucketListProps } from "@/components/usage/buckets/bucket-list";
import { USAGE_POLL_MS, usePolledUsage } from "@/components/usage/use-polled-usage";
import type { BucketPage } from "@/lib/usage/schema";

export type PolledBucketsProps = BucketListProps & { project: string };

async function parsePage(body: unknown): Promise<BucketPage> {
  const { bucketPageSchema } = await loadConfigured(() => import("@/lib/usage/schema"));
  return bucketPageSchema.parse(body);
}

/** The buckets of a page, polled together with the figures. */
export function PolledBuckets({ project, page, usages, place, ...rest }: PolledBucketsProps) {
  const { region, search, sort, order, cursor } = place;
  const address = composeAddress(`/api/projects/${project}/buckets`, { region, search, sort, order, cursor });
  const polled = usePoll({ address, initial: page, everyMs: USAGE_POLL_MS, parse: parsePage, isOld: true });
  const { data } = usePolledUsage(project, usages);
  return <BucketList {...rest} page={polled.data} usages={data} place={place} />;
}
