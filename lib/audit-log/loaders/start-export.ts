import "server-only";
import { composeCsv } from "@/lib/audit-log/loaders/compose-csv";
import { composeNdjson } from "@/lib/audit-log/loaders/compose-ndjson";
import type { AuditBounds } from "@/lib/audit-log/loaders/filter";
import type { AuditFilter, ExportFormat } from "@/lib/audit-log/schema";
import { recordEvent } from "@/lib/audit/record";
import { CHANGES, consumeRateLimit } from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { withTransaction } from "@/lib/platform/db/transaction";
import { streamParts } from "@/lib/platform/text/stream-parts";

const TYPES: Record<ExportFormat, string> = {
  ndjson: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8",
};

/**
 * Audits an export of the audit log, and answers with a file that is sent while it is read. The caller has checked that
 * the person may read what is within the bounds. Throws RATE_LIMITED. A failure on the way cuts the file off.
 */
export async function startExport(
  actor: Actor,
  bounds: AuditBounds,
  filter: AuditFilter,
  format: ExportFormat,
): Promise<Response> {
  await consumeRateLimit("audit-export", CHANGES, actor.userId);
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "audit.exported",
      outcome: "done",
      actor,
      projectId: bounds.project?.id,
      data: { format, filtered: Object.keys(filter).length > 0 },
    }),
  );
  const parts = format === "csv" ? composeCsv(bounds, filter) : composeNdjson(bounds, filter);
  const name = `${bounds.project ? `activity-${bounds.project.slug}` : "audit-log"}.${format}`;
  return new Response(streamParts(parts), {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
