"use client";

import { PollNotice } from "@/components/layout/poll-notice";
import { Overview } from "@/components/regions/overview";
import type { OverviewRegion } from "@/components/regions/region-tile";
import { usePolledUsage } from "@/components/usage/use-polled-usage";
import type { RegionUsage } from "@/lib/usage/schema";

export interface PolledOverviewProps {
  project: string;
  regions: OverviewRegion[];
  initial: RegionUsage[];
  mayIssue: boolean;
}

/** The overview of a page with polled figures. */
export function PolledOverview({ project, regions, initial, mayIssue }: PolledOverviewProps) {
  const { data, problem } = usePolledUsage(project, initial);
  return (
    <div className="grid gap-4">
      <PollNotice problem={problem} />
      <Overview regions={regions} usages={data} mayIssue={mayIssue} />
    </div>
  );
}
