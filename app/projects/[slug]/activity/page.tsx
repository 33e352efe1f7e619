import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AuditFilter } from "@/components/audit-log/audit-filter";
import { AuditList } from "@/components/audit-log/audit-list";
import { ExportLinks } from "@/components/audit-log/export-links";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Empty } from "@/components/ui/empty";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import { boundsOf, readFilter } from "@/lib/audit-log/loaders/filter";
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
  const [regions, { filter, page }] = await Promise.all([
    listRegionNames(),
    loadPage(path, async () => {
      const filter = readFilter(bounds, (name) => readParameter(query[name]));
      return { filter, page: await loadAuditPage(bounds, filter, cursor) };
    }),
  ]);
  return (
    <>
      <PageHeader title="Activity">
        {bounds.actorId === null
          ? `What happened in ${scope.name}, newest first.`
          : `What you did in ${scope.name}, newest first.`}
      </PageHeader>
      <AuditFilter path={path} label="Activity" regions={regions} values={filter} />
      {page.rows.length > 0 ? (
        <>
          <ExportLinks path={`/api/projects/${slug}/activity/export`} filter={filter} />
          <AuditList rows={page.rows} label="Activity" />
        </>
      ) : (
        <Empty title="Nothing found">Choose another filter, or come back when something has happened.</Empty>
      )}
      <Pager path={path} parameters={filter} cursor={cursor} next={page.next} />
    </>
  );
}
