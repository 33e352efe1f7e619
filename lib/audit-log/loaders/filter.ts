import "server-only";
import {
  type ActivityFilter,
  activityFilterSchema,
  type AuditFilter,
  auditFilterSchema,
  END_AFTER_START,
  endOf,
  endsAfterStart,
  EXPORT_FORMATS,
  type ExportFormat,
} from "@/lib/audit-log/schema";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { can } from "@/lib/gate/permissions";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { containsText } from "@/lib/platform/db/contains";
import { AppError } from "@/lib/platform/errors";
import type { Prisma } from "@/prisma/generated/client";

/** The part of the audit log that a person may read. */
export interface AuditBounds {
  /** Null for the whole log. */
  project: { id: string; slug: string } | null;
  /** Null for the actions of everybody. */
  actorId: string | null;
}

export const WHOLE_LOG: AuditBounds = { project: null, actorId: null };

/** So many people whose name or address fits are looked for. */
const PEOPLE_MAX = 50;

/** What a person of the project may read: everything in it with `activity:read`, else the person's own actions. */
export function boundsOf({ projectId, slug, roles, actor }: ProjectScope): AuditBounds {
  return { project: { id: projectId, slug }, actorId: can(roles, "activity:read") ? null : actor.userId };
}

/** The names of the filters in an address. */
const NAMES = Object.keys(auditFilterSchema.shape) as (keyof AuditFilter)[];

/** What an address asks for. */
export interface AskedFilter {
  values: Record<keyof AuditFilter, string | undefined>;
  /** Undefined when a value is wrong. */
  filter: AuditFilter | undefined;
  /** A sentence for each wrong value, by its name. */
  refused: Record<string, string>;
}

/** The filter in the address of a page. A parameter that is empty asks for nothing. */
export function readAskedFilter(
  bounds: AuditBounds,
  query: Readonly<Record<string, string | string[] | undefined>>,
): AskedFilter {
  const given = NAMES.map((name) => [name, [query[name] ?? []].flat()] as const);
  const twice = given.filter(([, all]) => all.length > 1).map(([name]) => [name, "Give this once"]);
  const values = Object.fromEntries(given.map(([name, [only]]) => [name, only?.trim() || undefined]));
  const checked = checkFilter(bounds, values);
  const refused = { ...("filter" in checked ? {} : checked.refused), ...Object.fromEntries(twice) };
  return {
    values: values as AskedFilter["values"],
    refused,
    filter: "filter" in checked && twice.length === 0 ? checked.filter : undefined,
  };
}

type Checked = { filter: AuditFilter } | { refused: Record<string, string> };

function checkFilter(bounds: AuditBounds, values: Record<string, string | undefined>): Checked {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const schema = bounds.project ? activityFilterSchema : auditFilterSchema;
  const parsed = schema.refine(endsAfterStart, END_AFTER_START).safeParse(Object.fromEntries(given));
  if (parsed.success) return { filter: parsed.data };
  return { refused: Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.join("."), message])) };
}

/** The filter in the address of an export. Throws BAD_INPUT with a sentence. */
export function readFilter(
  bounds: AuditBounds,
  query: Readonly<Record<string, string | string[] | undefined>>,
): AuditFilter {
  const { filter, refused } = readAskedFilter(bounds, query);
  if (filter) return filter;
  const lines = Object.entries(refused).map(([name, message]) => [name, message].filter(Boolean).join(": "));
  throw new AppError("BAD_INPUT", "no filter of the audit log", { userMessage: `${lines.join("; ")}.` });
}

/** The same with the format of an export, from a query. */
export function readExportQuery(
  bounds: AuditBounds,
  query: URLSearchParams,
): { filter: AuditFilter; format: ExportFormat } {
  const given = Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
  const format = EXPORT_FORMATS.find((known) => known === query.get("format")?.trim());
  if (!format) throw new AppError("BAD_INPUT", "no format", { userMessage: "The format is ndjson or csv." });
  return { filter: readFilter(bounds, given), format };
}

/** The condition of a filter within the bounds. Undefined when it names a thing that is not there: then no line fits. */
export async function findCondition(
  bounds: AuditBounds,
  filter: AuditFilter,
): Promise<Prisma.AuditEventWhereInput | undefined> {
  const project = filter.project === undefined ? undefined : await findId(filter.project);
  const key = filter.accessKey === undefined ? undefined : await findKeyId(filter.accessKey);
  const actors = filter.who === undefined ? undefined : await findActors(filter.who);
  if (project === null || key === null || actors === null) return undefined;
  return {
    AND: [
      bounds.project ? { projectId: bounds.project.id } : {},
      bounds.actorId === null ? {} : { actorId: bounds.actorId },
      project === undefined ? {} : { projectId: project },
      key === undefined ? {} : { keyId: key },
      actors ?? {},
      filter.event === undefined ? {} : { event: filter.event },
      filter.outcome === undefined ? {} : { outcome: filter.outcome },
      filter.region === undefined ? {} : { region: filter.region },
      composeTimes(filter),
    ].filter((condition) => Object.keys(condition).length > 0),
  };
}

async function findId(slug: string): Promise<string | null> {
  return (await db.project.findUnique({ where: { slug }, select: { id: true } }))?.id ?? null;
}

async function findKeyId(accessKeyId: string): Promise<string | null> {
  return (await db.accessKey.findUnique({ where: { accessKeyId }, select: { id: true } }))?.id ?? null;
}

/** By id, so that the index of the actors serves the filter. */
async function findActors(text: string): Promise<Prisma.AuditEventWhereInput | null> {
  const { name } = SYSTEM_ACTOR;
  if (text.toLowerCase() === name.toLowerCase()) return { actorId: null, actorName: name };
  const people = await db.user.findMany({
    where: {
      OR: [{ name: containsText(text) }, { email: containsText(text) }],
    },
    take: PEOPLE_MAX,
    select: { id: true },
  });
  return people.length === 0 ? null : { actorId: { in: people.map(({ id }) => id) } };
}

function composeTimes({ from, to }: ActivityFilter): Prisma.AuditEventWhereInput {
  if (from === undefined && to === undefined) return {};
  return {
    at: {
      ...(from === undefined ? {} : { gte: new Date(from) }),
      ...(to === undefined ? {} : { lt: endOf(to) }),
    },
  };
}
