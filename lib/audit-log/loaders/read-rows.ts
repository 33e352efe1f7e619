import "server-only";
import { composeChainedRow, composeCheckpoint, readHead } from "@/lib/audit-log/data";
import { type AuditBounds, findCondition } from "@/lib/audit-log/loaders/filter";
import type { ChainedRow, Checkpoint } from "@/lib/audit-log/rules";
import type { AuditFilter } from "@/lib/audit-log/schema";
import { db } from "@/lib/platform/db/client";
import type { AuditEvent } from "@/prisma/generated/client";

const AT_ONCE = 1_000;

export interface ExportedRow {
  chained: ChainedRow;
  event: AuditEvent;
  /** The signature of the chain's head at this row, where there is one. */
  checkpoint: Checkpoint | undefined;
}

/**
 * The chained rows within the bounds that the filter lets through, in the order of the chain, some at a time. Each part
 * takes at most 1,000 entries of the chain and looks at their events, so that no statement is long. Ends at the head
 * that the chain had at the beginning.
 */
export async function* readRows(
  bounds: AuditBounds,
  filter: AuditFilter,
  atOnce = AT_ONCE,
): AsyncGenerator<ExportedRow[], void, void> {
  const condition = await findCondition(bounds, filter);
  if (!condition) return;
  const head = BigInt((await readHead(db)).sequence);
  const projectId = bounds.project?.id;
  for (let after = 0n, more = true; more;) {
    const entries = await db.auditChainEntry.findMany({
      where: { sequence: { gt: after, lte: head }, ...(projectId === undefined ? {} : { projectId }) },
      orderBy: { sequence: "asc" },
      take: atOnce,
    });
    more = entries.length === atOnce;
    const last = entries.at(-1);
    if (!last) return;
    after = last.sequence;
    const ids = entries.map(({ eventId }) => eventId);
    const events = await db.auditEvent.findMany({ where: { AND: [{ id: { in: ids } }, condition] } });
    const byId = new Map(events.map((event) => [event.id, event]));
    const checkpoints = await readCheckpoints(entries.map(({ sequence }) => sequence));
    yield entries.flatMap((entry) => {
      const event = byId.get(entry.eventId);
      if (!event) return [];
      const chained = composeChainedRow(entry, event);
      return [{ chained, event, checkpoint: checkpoints.get(chained.sequence) }];
    });
  }
}

async function readCheckpoints(sequences: bigint[]): Promise<ReadonlyMap<number, Checkpoint>> {
  const found = await db.auditCheckpoint.findMany({ where: { sequence: { in: sequences } } });
  return new Map(found.map(composeCheckpoint).map((checkpoint) => [checkpoint.sequence, checkpoint]));
}
