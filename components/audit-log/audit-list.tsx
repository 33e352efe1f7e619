import { Fragment } from "react";
import { Time } from "@/components/ui/time";
import type { AuditLine } from "@/lib/audit-log/schema";

/** Lines of the audit log as sentences. A line is a card on a narrow screen. */
export function AuditList({ rows, label, whole = false }: { rows: AuditLine[]; label: string; whole?: boolean }) {
  return (
    <ol aria-label={label} className="divide-y rounded-lg border bg-surface shadow-low">
      {rows.map((row) => (
        <li
          key={row.id}
          className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 px-3.5 py-2.5 sm:grid-cols-[11rem_minmax(0,1fr)_auto]"
        >
          <span className="text-muted">
            <Time iso={row.at} exact />
          </span>
          <span className="min-w-0 break-words max-sm:col-span-2 max-sm:row-start-2">
            <Sentence {...row} />
            <span className="block text-xs text-muted">
              {[row.event, whole ? row.project?.name : undefined, row.address].filter(Boolean).map((part, index) => (
                <Fragment key={index}>
                  {index > 0 ? " · " : ""}
                  <bdi>{part}</bdi>
                </Fragment>
              ))}
            </span>
          </span>
          <span className="text-sm text-muted">{row.outcome}</span>
        </li>
      ))}
    </ol>
  );
}

/** The sentence begins with the name of the person. The name is isolated, so that its letters turn nothing beside it. */
function Sentence({ actor, sentence }: AuditLine) {
  if (actor === null || !sentence.startsWith(actor)) return <bdi>{sentence}</bdi>;
  return (
    <>
      <bdi>{actor}</bdi>
      <bdi>{sentence.slice(actor.length)}</bdi>
    </>
  );
}
