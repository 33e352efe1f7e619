import { AuditList } from "@/components/audit-log/audit-list";
import { ExportLinks } from "@/components/audit-log/export-links";
import { Pager } from "@/components/layout/pager";
import { Empty } from "@/components/ui/empty";
import { TimeZone } from "@/components/ui/time-zone";
import type { AuditPage } from "@/lib/audit-log/schema";

interface AuditPageListProps {
  label: string;
  path: string;
  exportPath: string;
  /** What the page is filtered by. */
  values: Record<string, string | undefined>;
  cursor: string | undefined;
  /** Undefined when the filter is wrong: then nothing is listed. */
  page: AuditPage | undefined;
  /** Whether the list has the lines of all projects. */
  whole?: boolean;
}

/** A page of the audit log, with its export and the links to other pages. */
export function AuditPageList({ label, path, exportPath, values, cursor, page, whole = false }: AuditPageListProps) {
  if (!page) return <Empty title="Nothing is listed">Correct what is marked in the filter, or clear it.</Empty>;
  return (
    <>
      {page.rows.length > 0 ? (
        <>
          <ExportLinks path={exportPath} filter={values} />
          <AuditList rows={page.rows} label={label} whole={whole} />
          <p className="mt-3 text-[0.8125rem] text-muted">
            <TimeZone />
          </p>
        </>
      ) : (
        <Empty title="Nothing found">Choose another filter, or come back when something has happened.</Empty>
      )}
      <Pager path={path} parameters={values} cursor={cursor} next={page.next} />
    </>
  );
}
