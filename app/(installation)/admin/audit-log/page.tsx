import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AuditFilter } from "@/components/audit-log/audit-filter";
import { AuditPageList } from "@/components/audit-log/audit-page-list";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import { readAskedFilter, WHOLE_LOG } from "@/lib/audit-log/loaders/filter";
import { EVENT_NAMES, OUTCOMES } from "@/lib/audit-log/schema";
import { requirePlatform } from "@/lib/gate/page";
import { listRegionNames } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Audit log" };

const PATH = "/admin/audit-log";

export default async function AuditLogPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("audit:read");
  const query = await searchParams;
  const cursor = readParameter(query.cursor);
  const { values, filter, refused } = readAskedFilter(WHOLE_LOG, query);
  const [regions, page] = await Promise.all([
    listRegionNames(),
    filter && loadPage(composeAddress(PATH, values), () => loadAuditPage(WHOLE_LOG, filter, cursor)),
  ]);
  return (
    <>
      <AdministrationHeader />
      <Section
        id="audit-log"
        title="Audit log"
        description="What happened in this installation, newest first. latchkey audit verify checks an export in NDJSON."
      >
        <AuditFilter
          path={PATH}
          label="Audit log"
          {...{ events: EVENT_NAMES, outcomes: OUTCOMES, regions, values, refused }}
          whole
        />
        <AuditPageList
          label="Audit log"
          path={PATH}
          exportPath="/api/admin/audit-log/export"
          {...{ values, cursor, page }}
          whole
        />
      </Section>
    </>
  );
}
