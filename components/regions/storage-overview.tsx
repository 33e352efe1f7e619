import type { ReactNode } from "react";
import { BucketTable } from "@/components/regions/bucket-table";
import { type OverviewRegion, RegionTile } from "@/components/regions/region-tile";
import { Section } from "@/components/layout/section";
import { Empty } from "@/components/ui/empty";
import { Skeleton } from "@/components/ui/skeleton";

/** The sections Overview and Buckets. Both show what the storage systems answer. */
export function StorageOverview({ regions }: { regions: OverviewRegion[] }) {
  return (
    <Sections
      overview={
        regions.length > 0 ? (
          <ul className="grid gap-4 xl:grid-cols-2">
            {regions.map((region) => (
              <RegionTile key={region.name} region={region} />
            ))}
          </ul>
        ) : (
          <Empty title="There is no region yet">
            An administrator of this portal adds regions with object storage.
          </Empty>
        )
      }
      buckets={<BucketTable regions={regions} />}
    />
  );
}

/** Shown until the storage systems have answered. It has about the same height. */
export function StorageOverviewSkeleton({ regions }: { regions: number }) {
  return (
    <Sections
      overview={
        <div aria-busy className="grid gap-4 xl:grid-cols-2">
          {Array.from({ length: regions }, (_, index) => (
            <Skeleton key={index} className="h-33" />
          ))}
        </div>
      }
      buckets={<Skeleton className="h-28" />}
    />
  );
}

function Sections({ overview, buckets }: { overview: ReactNode; buckets: ReactNode }) {
  return (
    <>
      <Section id="overview" title="Overview">
        {overview}
      </Section>
      <Section id="buckets" title="Buckets">
        {buckets}
      </Section>
    </>
  );
}
