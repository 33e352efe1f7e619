import { randomUUID } from "node:crypto";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admitAcrossProjects } from "@/lib/api/admit";
import { changeHeadersSchema, readRequestId } from "@/lib/api/idempotency";
import { type ApiContext, type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import {
  BODY_ERRORS,
  CONFLICT,
  cursorSchema,
  ERRORS,
  json,
  limitedJson,
  nextSchema,
  requestBody,
} from "@/lib/api/responses";
import { listBulkRevocations, loadBulkKeys, loadBulkRevocation } from "@/lib/bulk-revocations/loaders/progress";
import { loadPreview } from "@/lib/bulk-revocations/loaders/preview";
import { startResultExport } from "@/lib/bulk-revocations/loaders/start-export";
import { retryBulkRevocation, startBulkRevocation } from "@/lib/bulk-revocations/mutations";
import {
  type BulkRefused,
  bulkKeySchema,
  bulkRevocationSchema,
  choiceFields,
  EXPORT_FORMATS,
  hasOneChoice,
  ONE_CHOICE,
  previewSchema,
  resultSchema,
  startFields,
} from "@/lib/bulk-revocations/schema";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";

const START: ApiOperation = { name: "Bulk revoke", permission: "keys:bulk-revoke", limit: CHANGES };
const RETRY: ApiOperation = { name: "Retry bulk revocation", permission: "keys:bulk-revoke", limit: CHANGES };
const READ: ApiOperation = { name: "Read bulk revocations", permission: "keys:find" };
const EXPORT: ApiOperation = { name: "Export bulk revocation", permission: "keys:find" };

const PATH = "/support/bulk-revocations";
const idSchema = z.object({ id: z.uuid() });

const email = choiceFields.user.openapi({ type: "string", description: "The keys made by or for this person." });
const text = choiceFields.text.openapi({
  description: "Any text of at most 1 MiB. The access key ids in it that are ours are found. The text is kept nowhere.",
});
const startBodySchema = z
  .strictObject({
    ...startFields,
    user: email,
    text,
    reason: startFields.reason.optional(),
    confirm: startFields.confirm.optional(),
    requestId: startFields.requestId.optional(),
    dryRun: z.boolean().optional().openapi({ description: "true: a preview, and nothing is changed." }),
  })
  .refine(hasOneChoice, ONE_CHOICE)
  .refine(({ dryRun, reason }) => dryRun || reason !== undefined, { path: ["reason"], error: "Say why" })
  .refine(({ dryRun, confirm }) => dryRun || confirm !== undefined, {
    path: ["confirm"],
    error: "Give the word confirm",
  });

export const revocationSchema = bulkRevocationSchema.openapi("BulkRevocation");
export const revocationKeySchema = bulkKeySchema.openapi("BulkRevocationKey");
export const bulkPreviewSchema = z
  .strictObject({ dryRun: z.literal(true), preview: previewSchema })
  .openapi("BulkPreview");
export const startedSchema = z
  .strictObject({
    outcome: z.enum(["started", "already-done"]),
    id: z.uuid(),
    keys: z.int(),
    endedSince: z.int(),
    madeSince: z.int(),
    message: z.string(),
  })
  .openapi("BulkStarted");
export const bulkRetriedSchema = z.strictObject({ keys: z.int(), message: z.string() }).openapi("BulkRetried");

/** The routes that end many keys at once. For support and platform admins. */
export function addBulkRevocationRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addStartRoute(api);
  addRetryRoute(api);
  addListRoute(api);
  addReadRoutes(api);
}

function addStartRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const route = createRoute({
    summary: "Revoke many keys at once",
    description:
      "Of a project, of a user, of a region, or found in a text. With dryRun the answer is a preview. Its seen, sent along, revokes exactly the keys of the preview.",
    request: { headers: changeHeadersSchema, body: requestBody(startBodySchema) },
    method: "post",
    path: PATH,
    middleware: admitAcrossProjects(START),
    responses: {
      200: limitedJson("The preview of a dry run.", bulkPreviewSchema),
      202: limitedJson("The worker ends the keys.", startedSchema),
      ...BODY_ERRORS,
    },
  });
  api.openapi(route, async (context) => {
    const { dryRun, reason = "", confirm: _typed, requestId: given, seen, ...choice } = context.req.valid("json");
    const { actor } = context.var;
    if (dryRun) {
      const previewed = await loadPreview(actor, choice);
      if (!previewed.ok) return refuse(context, previewed);
      return context.json({ dryRun: true as const, preview: previewed.preview }, 200);
    }
    const header = context.req.valid("header")["idempotency-key"];
    const requestId = header || given ? readRequestId(header, given) : randomUUID();
    const started = await startBulkRevocation(actor, { choice, reason, requestId, seen });
    if (!started.ok) return refuse(context, started);
    const { ok: _ok, ...reply } = started;
    return context.json(reply, 202);
  });
}

function addRetryRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const route = createRoute({
    summary: "Try the failed keys of a bulk revocation again",
    request: { params: idSchema },
    method: "post",
    path: `${PATH}/{id}/retry`,
    middleware: admitAcrossProjects(RETRY),
    responses: { 202: limitedJson("The worker tries them again.", bulkRetriedSchema), ...ERRORS, ...CONFLICT },
  });
  api.openapi(route, async (context) => {
    const retried = await retryBulkRevocation(context.var.actor, context.req.valid("param").id);
    if (!retried.ok) return refuse(context, retried);
    return context.json({ keys: retried.keys, message: retried.message }, 202);
  });
}

function addListRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const listed = z
    .strictObject({ revocations: z.array(revocationSchema), next: nextSchema })
    .openapi("BulkRevocations");
  const route = createRoute({
    summary: "All bulk revocations",
    request: { query: z.strictObject({ cursor: cursorSchema }) },
    method: "get",
    path: PATH,
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("A page of them, newest first.", listed), ...ERRORS },
  });
  api.openapi(route, async (context) => {
    const { rows, next } = await listBulkRevocations(context.req.valid("query").cursor);
    return context.json({ revocations: rows, next }, 200);
  });
}

function addReadRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const readRoute = createRoute({
    summary: "A bulk revocation and how far it has come",
    request: { params: idSchema },
    method: "get",
    path: `${PATH}/{id}`,
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("The bulk revocation, with counts by result.", revocationSchema), ...ERRORS },
  });
  api.openapi(readRoute, async (context) => context.json(await loadBulkRevocation(context.req.valid("param").id), 200));
  const keysPage = z
    .strictObject({ keys: z.array(revocationKeySchema), next: nextSchema })
    .openapi("BulkRevocationKeys");
  const keysRoute = createRoute({
    summary: "What became of the keys of a bulk revocation",
    request: { params: idSchema, query: z.strictObject({ cursor: cursorSchema, result: resultSchema.optional() }) },
    method: "get",
    path: `${PATH}/{id}/keys`,
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("A page of the keys, in their order.", keysPage), ...ERRORS },
  });
  api.openapi(keysRoute, async (context) => {
    const { id } = await loadBulkRevocation(context.req.valid("param").id);
    const { rows, next } = await loadBulkKeys(id, context.req.valid("query"));
    return context.json({ keys: rows, next }, 200);
  });
  const exportRoute = createRoute({
    summary: "Export what became of the keys of a bulk revocation",
    description: "The export is written to the audit log.",
    request: {
      params: idSchema,
      query: z.strictObject({ format: z.enum(EXPORT_FORMATS).default("ndjson"), result: resultSchema.optional() }),
    },
    method: "get",
    path: `${PATH}/{id}/export`,
    middleware: admitAcrossProjects(EXPORT),
    responses: { 200: FILE, ...ERRORS },
  });
  api.openapi(exportRoute, (context) => {
    const { format, result } = context.req.valid("query");
    return startResultExport(context.var.actor, context.req.valid("param").id, format, result);
  });
}

const FILE = {
  description: "A file, sent while it is read.",
  content: { "application/x-ndjson": { schema: z.string() }, "text/csv": { schema: z.string() } },
};

const refuse = (context: ApiContext, refusal: BulkRefused) => replyWithReason(context, "CONFLICT", refusal);
