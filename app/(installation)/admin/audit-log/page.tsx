import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AuditFilter } from "@/components/audit-log/audit-filter";
import { AuditList } from "@/components/audit-log/audit-list";
import { ExportLinks } from "@/components/audit-log/export-links";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { Empty } from "@/components/ui/empty";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import { readFilter, WHOLE_LOG } from "@/lib/audit-log/loaders/filter";
import { requirePlatform } from "@/lib/gate/page";
import { listRegionNames } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Audit log" };

const PATH = "/admin/audit-log";

export default async function AuditLogPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("audit:read");
  const query = await searchParams;
  const cursor = readParameter(query.cursor);
  const [regions, { filter, page }] = await Promise.all([
    listRegionNames(),
    loadPage(PATH, async () => {
      const filter = readFilter(WHOLE_LOG, (name) => readParameter(query[name]));
      return { filter, page: await loadAuditPage(WHOLE_LOG, filter, cursor) };
    }),
  ]);
  return (
    <>
      <AdministrationHeader />
      <Section
        id="audit-log"
        title="Audit log"
        description="What happened in this installation, newest first. latchkey audit verify checks an export in NDJSON."
      >
        <AuditFilter path={PATH} label="Audit log" regions={regions} values={filter} whole />
        {page.rows.length > 0 ? (
          <>
            <ExportLinks path="/api/admin/audit-log/export" filter={filter} />
            <AuditList rows={page.rows} label="Audit log" whole />
          </>
        ) : (
          <Empty title="Nothing found">Choose another filter.</Empty>
        )}
        <Pager path={PATH} parameters={filter} cursor={cursor} next={page.next} />
      </Section>
    </>
  );
}
