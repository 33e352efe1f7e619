import { type OverviewRegion, RegionTile } from "@/components/regions/region-tile";
import { Empty } from "@/components/ui/empty";
import type { RegionUsage } from "@/lib/usage/schema";

interface OverviewProps {
  regions: OverviewRegion[];
  usages: RegionUsage[];
  mayIssue: boolean;
}

/** The regions of a project with what it stores there. */
export function Overview({ regions, usages, mayIssue }: OverviewProps) {
  if (regions.length === 0) {
    return (
      <Empty title="There is no region yet">An administrator of this portal adds regions with object storage.</Empty>
    );
  }
  return (
    <ul className="grid gap-4 xl:grid-cols-2">
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
