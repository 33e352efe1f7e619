import { BucketTable } from "@/components/usage/buckets/bucket-table";
import { type BucketPlace, isFiltered } from "@/components/usage/buckets/bucket-place";
import { NoBuckets, type NoBucketsProps } from "@/components/usage/buckets/no-buckets";
import { AsOf, isTold } from "@/components/usage/figures/as-of";
import type { BucketPage, RegionUsage } from "@/lib/usage/schema";

export interface BucketListProps extends Omit<NoBucketsProps, "filtered"> {
  page: BucketPage;
  place: BucketPlace;
}

/** The buckets of a page, and when the storage systems told them. */
export function BucketList({ page, place, usages, regions, ...rest }: BucketListProps) {
  return (
    <>
      {page.rows.length > 0 ? (
        <BucketTable rows={page.rows} place={place} />
      ) : (
        <NoBuckets filtered={isFiltered(place)} usages={usages} regions={regions} {...rest} />
      )}
      <TellTimes
        usages={usages.filter(({ region }) => !place.region || region === place.region)}
        regions={regions.map(({ name }) => name)}
      />
    </>
  );
}

/** `regions`: where the project has keys, so that buckets may be there. */
function TellTimes({ usages, regions }: { usages: RegionUsage[]; regions: string[] }) {
  if (!usages.some(isTold)) return null;
  return (
    <ul aria-label="When the buckets were told" className="mt-2 flex flex-wrap gap-x-4 text-[0.8125rem] text-muted">
      {usages
        .filter((usage) => isTold(usage) || regions.includes(usage.region))
        .map((usage) => (
          <li key={usage.region}>
            {usage.region} <TellTime usage={usage} />
          </li>
        ))}
    </ul>
  );
}

function TellTime({ usage }: { usage: RegionUsage }) {
  if (isTold(usage)) return <AsOf {...usage} />;
  return usage.tellsUsage
    ? "is missing here: its storage system has not told its buckets yet"
    : "is missing here: its storage system tells the portal no buckets";
}
