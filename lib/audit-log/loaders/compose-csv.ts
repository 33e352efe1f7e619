import "server-only";
import { readRows } from "@/lib/audit-log/loaders/read-rows";
import type { AuditBounds } from "@/lib/audit-log/loaders/filter";
import { composeLine, readProjects } from "@/lib/audit-log/loaders/audit-page";
import type { AuditFilter } from "@/lib/audit-log/schema";
import { composeCsvLine } from "@/lib/platform/text/csv";

const COLUMNS = [
  ...["sequence", "time", "event", "outcome", "who", "actorId", "what", "project", "region"],
  ...["address", "via", "requestId", "data", "hash"],
];

/** An export as a table (RFC 4180), some rows at a time. It is for people: `latchkey audit verify` does not check it. */
export async function* composeCsv(bounds: AuditBounds, filter: AuditFilter): AsyncGenerator<string, void, void> {
  yield composeCsvLine(COLUMNS);
  for await (const part of readRows(bounds, filter)) {
    const projects = await readProjects(part.map(({ event }) => event));
    const lines = part.map(({ chained, event }) => {
      const line = composeLine(event, projects);
      return composeCsvLine([
        ...[String(chained.sequence), line.at, event.event, event.outcome, event.actorName, event.actorId],
        ...[line.sentence, line.project?.slug ?? event.projectId, event.region, event.address, event.via],
        ...[event.requestId, JSON.stringify(event.data), chained.hash],
      ]);
    });
    yield lines.join("");
  }
}
