import { Pager } from "@/components/layout/pager";
import { BucketFilter } from "@/components/usage/buckets/bucket-filter";
import { BucketList } from "@/components/usage/buckets/bucket-list";
import { BUCKETS_ANCHOR, isFiltered, listParameters } from "@/components/usage/buckets/bucket-place";
import { LiveBuckets } from "@/components/usage/buckets/live-buckets";
import type { PolledBucketsProps } from "@/components/usage/buckets/polled-buckets";
import { isTold } from "@/components/usage/figures/as-of";

/** The buckets of a project: a filter, a page of them, and the links to other pages. */
export function Buckets(props: PolledBucketsProps) {
  const { project: _, ...list } = props;
  const { page, place, usages } = list;
  const told = usages.filter(isTold);
  const known = told.reduce((sum, { figures }) => sum + figures.buckets, 0);
  return (
    <>
      {known > 1 || isFiltered(place) ? (
        <BucketFilter place={place} regions={told.map(({ region }) => region)} />
      ) : null}
      <LiveBuckets {...props}>
        <BucketList {...list} />
      </LiveBuckets>
      <Pager
        path={place.path}
        parameters={listParameters(place)}
        cursor={place.cursor}
        next={page.next}
        anchor={BUCKETS_ANCHOR}
      />
    </>
  );
}
