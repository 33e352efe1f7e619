import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AuditFilter } from "@/components/audit-log/audit-filter";
import { AuditPageList } from "@/components/audit-log/audit-page-list";
import { PageHeader } from "@/components/layout/page-header";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import { boundsOf, readAskedFilter } from "@/lib/audit-log/loaders/filter";
import { EVENT_NAMES, OUTCOMES } from "@/lib/audit-log/schema";
import { requireProject } from "@/lib/gate/page";
import { listRegionNames } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Activity" };

interface ActivityPageProps {
  params: Promise<{ slug: string }>;
  searchParams: SearchParameters;
}

export default async function ActivityPage({ params, searchParams }: ActivityPageProps) {
  const { slug } = await params;
  const scope = await requireProject(slug, "activity:read-own");
  const query = await searchParams;
  const path = `/projects/${slug}/activity`;
  const cursor = readParameter(query.cursor);
  const bounds = boundsOf(scope);
  const { values, filter, refused } = readAskedFilter(bounds, query);
  const [regions, page] = await Promise.all([
    listRegionNames(),
    filter && loadPage(composeAddress(path, values), () => loadAuditPage(bounds, filter, cursor)),
  ]);
  return (
    <>
      <PageHeader title="Activity">
        {bounds.actorId === null
          ? `What happened in ${scope.name}, newest first.`
          : `What you did in ${scope.name}, newest first.`}
      </PageHeader>
      <AuditFilter
        path={path}
        label="Activity"
        {...{ events: EVENT_NAMES, outcomes: OUTCOMES, regions, values, refused }}
      />
      <AuditPageList
        label="Activity"
        path={path}
        exportPath={`/api/projects/${slug}/activity/export`}
        {...{ values, cursor, page }}
      />
    </>
  );
}
