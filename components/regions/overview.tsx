import { type OverviewRegion, RegionTile } from "@/components/regions/region-tile";
import type { RegionUsage } from "@/lib/usage/schema";

interface OverviewProps {
  regions: OverviewRegion[];
  usages: RegionUsage[];
  mayIssue: boolean;
}

/** The regions of a project with what it stores there. */
export function Overview({ regions, usages, mayIssue }: OverviewProps) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-4">
      {regions.map((region) => (
        <RegionTile
          key={region.name}
          region={region}
          usage={usages.find((usage) => usage.region === region.name)}
          mayIssue={mayIssue}
        />
      ))}
    </ul>
  );
}
