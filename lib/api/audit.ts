import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admit, admitAcrossProjects } from "@/lib/api/admit";
import type { ApiEnvironment } from "@/lib/api/replies";
import { cursorSchema, ERRORS, json, nextSchema, projectSchema } from "@/lib/api/responses";
import { startExport } from "@/lib/audit-log/loaders/start-export";
import { type AuditBounds, boundsOf, WHOLE_LOG } from "@/lib/audit-log/loaders/filter";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import {
  activityFilterSchema,
  auditFilterSchema,
  type AuditFilter,
  END_AFTER_START,
  endsAfterStart,
  EXPORT_FORMATS,
} from "@/lib/audit-log/schema";
import type { ApiOperation } from "@/lib/gate/api";

const READ_LOG: ApiOperation = { name: "Read the audit log", permission: "audit:read" };
const EXPORT_LOG: ApiOperation = { name: "Export the audit log", permission: "audit:read" };
const READ: ApiOperation = { name: "Read the activity", permission: "activity:read-own" };
const EXPORT: ApiOperation = { name: "Export the activity", permission: "activity:read-own" };

const listQuery = { cursor: cursorSchema };
const exportQuery = {
  format: z
    .enum(EXPORT_FORMATS)
    .default("ndjson")
    .openapi({ description: "ndjson has the hashes of the chain and can be checked. csv is for spreadsheets." }),
};

const lineSchema = z
  .strictObject({
    id: z.uuid(),
    at: z.iso.datetime(),
    event: z.string(),
    outcome: z.string(),
    actor: z.string().nullable(),
    sentence: z.string(),
    project: z.string().nullable().openapi({ description: "The slug of the project." }),
    address: z.string().nullable(),
  })
  .openapi("AuditLine");
const pageSchema = z.strictObject({ lines: z.array(lineSchema), next: nextSchema }).openapi("AuditLines");

const file = {
  description: "A file, sent while it is read. An NDJSON file without its last line, of the type end, is cut off.",
  content: { "application/x-ndjson": { schema: z.string() }, "text/csv": { schema: z.string() } },
};

/** The routes that read the audit log: the whole of it, and the activity of a project. */
export function addAuditRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addLogRoutes(api);
  addActivityRoutes(api);
}

function addLogRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const listRoute = createRoute({
    summary: "The audit log",
    description: "For platform admins.",
    request: { query: auditFilterSchema.extend(listQuery).refine(endsAfterStart, END_AFTER_START) },
    method: "get",
    path: "/audit",
    middleware: admitAcrossProjects(READ_LOG),
    responses: { 200: json("A page of the audit log, newest first.", pageSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { cursor, ...filter } = context.req.valid("query");
    return context.json(await readPage(WHOLE_LOG, filter, cursor), 200);
  });
  const exportRoute = createRoute({
    summary: "Export the audit log",
    description: "For platform admins. The export is written to the audit log.",
    request: { query: auditFilterSchema.extend(exportQuery).refine(endsAfterStart, END_AFTER_START) },
    method: "get",
    path: "/audit/export",
    middleware: admitAcrossProjects(EXPORT_LOG),
    responses: { 200: file, ...ERRORS },
  });
  api.openapi(exportRoute, (context) => {
    const { format, ...filter } = context.req.valid("query");
    return startExport(context.var.actor, WHOLE_LOG, filter, format);
  });
}

function addActivityRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const listRoute = createRoute({
    summary: "The activity of a project",
    description: "Project admins read what everybody did, others what they did themselves.",
    request: {
      params: projectSchema,
      query: activityFilterSchema.extend(listQuery).refine(endsAfterStart, END_AFTER_START),
    },
    method: "get",
    path: "/projects/{project}/activity",
    middleware: admit(READ),
    responses: { 200: json("A page of the activity, newest first.", pageSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { cursor, ...filter } = context.req.valid("query");
    return context.json(await readPage(boundsOf(context.var.scope), filter, cursor), 200);
  });
  const exportRoute = createRoute({
    summary: "Export the activity of a project",
    description: "The export is written to the audit log.",
    request: {
      params: projectSchema,
      query: activityFilterSchema.extend(exportQuery).refine(endsAfterStart, END_AFTER_START),
    },
    method: "get",
    path: "/projects/{project}/activity/export",
    middleware: admit(EXPORT),
    responses: { 200: file, ...ERRORS },
  });
  api.openapi(exportRoute, (context) => {
    const { format, ...filter } = context.req.valid("query");
    const { scope } = context.var;
    return startExport(scope.actor, boundsOf(scope), filter, format);
  });
}

async function readPage(bounds: AuditBounds, filter: AuditFilter, cursor: string | undefined) {
  const { rows, next } = await loadAuditPage(bounds, filter, cursor);
  return { lines: rows.map((row) => ({ ...row, project: row.project?.slug ?? null })), next };
}
