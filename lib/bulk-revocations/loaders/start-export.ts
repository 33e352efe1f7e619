import "server-only";
import { recordEvent } from "@/lib/audit/record";
import { loadBulkRevocation, readKeys } from "@/lib/bulk-revocations/loaders/progress";
import type { BulkKeyLine, BulkResult, ExportFormat } from "@/lib/bulk-revocations/schema";
import { CHANGES, consumeRateLimit } from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { withTransaction } from "@/lib/platform/db/transaction";
import { composeCsvLine } from "@/lib/platform/text/csv";
import { streamParts } from "@/lib/platform/text/stream-parts";

const AT_ONCE = 500;

const TYPES: Record<ExportFormat, string> = {
  ndjson: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8",
};
const COLUMNS = ["access key", "project", "region", "result", "state", "failure"];

/**
 * Audits an export of what became of the keys, and answers with a file that is sent while it is read. The caller has
 * checked that the person may revoke keys. Throws NOT_FOUND and RATE_LIMITED. A failure on the way cuts the file off.
 */
export async function startResultExport(
  actor: Actor,
  id: string,
  format: ExportFormat,
  result?: BulkResult,
): Promise<Response> {
  await loadBulkRevocation(id);
  await consumeRateLimit("bulk-revocation-export", CHANGES, actor.userId);
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "bulk-revocation.exported",
      outcome: "done",
      actor,
      data: { bulkRevocation: id, format },
    }),
  );
  return new Response(streamParts(composeParts(id, format, result)), {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="bulk-revocation-${id}.${format}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

async function* composeParts(
  id: string,
  format: ExportFormat,
  result: BulkResult | undefined,
): AsyncGenerator<string, void, void> {
  if (format === "csv") yield composeCsvLine(COLUMNS);
  for (let after = -1; ;) {
    const rows = await readKeys(id, result, after, AT_ONCE);
    const last = rows.at(-1);
    if (!last) return;
    after = last.position;
    yield rows.map(({ line }) => (format === "csv" ? composeCells(line) : `${JSON.stringify(line)}\n`)).join("");
  }
}

const composeCells = ({ accessKeyId, project, region, result, state, failure }: BulkKeyLine): string =>
  composeCsvLine([accessKeyId, project, region, result, state, failure]);
