import "server-only";
import { type AuditBounds, findCondition } from "@/lib/audit-log/loaders/filter";
import type { AuditFilter, AuditLine, AuditPage } from "@/lib/audit-log/schema";
import { describeEvent } from "@/lib/audit/describe";
import { db } from "@/lib/platform/db/client";
import { type Cursor, cutPage, decodeCursor } from "@/lib/platform/db/cursor";
import type { AuditEvent, Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 50;

/** A page of the audit log within the bounds, newest first. Throws BAD_INPUT for a text that is no cursor. */
export async function loadAuditPage(
  bounds: AuditBounds,
  filter: AuditFilter,
  cursor: string | undefined,
): Promise<AuditPage> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const condition = await findCondition(bounds, filter);
  if (!condition) return { rows: [], next: null };
  const events = await db.auditEvent.findMany({
    where: { AND: [condition, after ? olderThan(after) : {}] },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
  });
  const page = cutPage(
    events.map((event) => ({ ...event, createdAt: event.at })),
    PAGE_SIZE,
  );
  const projects = await readProjects(page.rows);
  return { rows: page.rows.map((event) => composeLine(event, projects)), next: page.next };
}

/** Like that of other lists: the first condition lets PostgreSQL begin in the middle of an index. */
function olderThan({ at, id }: Cursor): Prisma.AuditEventWhereInput {
  return { at: { lte: at }, OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

type Projects = ReadonlyMap<string, { slug: string; name: string }>;

/** The projects of some events. Events have no relation to a project: they outlive what they name. */
export async function readProjects(events: readonly AuditEvent[]): Promise<Projects> {
  const ids = [...new Set(events.map(({ projectId }) => projectId).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const projects = await db.project.findMany({ where: { id: { in: ids } } });
  return new Map(projects.map(({ id, slug, name }) => [id, { slug, name }]));
}

/** A stored event as people read it. */
export function composeLine(event: AuditEvent, projects: Projects): AuditLine {
  return {
    id: event.id,
    at: event.at.toISOString(),
    event: event.event,
    outcome: event.outcome,
    actor: event.actorName,
    sentence: describeEvent(event),
    project: (event.projectId === null ? undefined : projects.get(event.projectId)) ?? null,
    address: event.address,
  };
}
