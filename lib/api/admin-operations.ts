import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admitAcrossProjects } from "@/lib/api/admit";
import { type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import { BODY_ERRORS, cursorSchema, ERRORS, json, limitedJson, nextSchema, requestBody } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import { listUnfinished } from "@/lib/unfinished-changes/loaders";
import { retryUnfinished } from "@/lib/unfinished-changes/mutations";
import { retryInputSchema, unfinishedLineSchema, unfinishedStateSchema } from "@/lib/unfinished-changes/schema";

const READ: ApiOperation = { name: "List operations", permission: "installation:read" };
const RETRY: ApiOperation = { name: "Retry", permission: "installation:manage", limit: CHANGES };

export const unfinishedSchema = unfinishedLineSchema
  .extend({
    project: z.string().openapi({ description: "The slug." }),
    retry: z.string().nullable().openapi({ description: "What a retry does; null where it would do nothing." }),
  })
  .openapi("OpenOperation");
const operationsSchema = z
  .strictObject({ operations: z.array(unfinishedSchema), next: nextSchema })
  .openapi("OpenOperations");
export const retriedSchema = z
  .strictObject({ outcome: z.enum(["done", "already-done"]), message: z.string() })
  .openapi("Retried");

/** The routes with which platform admins read unfinished changes of keys, and have one tried again. */
export function addAdminOperationRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const filter = z.strictObject({ cursor: cursorSchema, state: unfinishedStateSchema.optional() });
  const listRoute = createRoute({
    summary: "Changes of keys that are in flight, stuck or failed",
    request: { query: filter },
    method: "get",
    path: "/admin/operations",
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("A page of the changes, newest first.", operationsSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { rows, next } = await listUnfinished(context.req.valid("query"));
    return context.json({ operations: rows.map((row) => ({ ...row, project: row.project.slug })), next }, 200);
  });
  const retryRoute = createRoute({
    summary: "Have the worker try an unfinished change now",
    description: "However often it is retried, one process works at a change at a time.",
    request: { body: requestBody(retryInputSchema) },
    method: "post",
    path: "/admin/operations/retry",
    middleware: admitAcrossProjects(RETRY),
    responses: { 200: limitedJson("It starts now, or is tried at this moment.", retriedSchema), ...BODY_ERRORS },
  });
  api.openapi(retryRoute, async (context) => {
    const retried = await retryUnfinished(context.var.actor, context.req.valid("json").id);
    if (!retried.ok) return replyWithReason(context, "CONFLICT", retried);
    return context.json({ outcome: retried.outcome, message: retried.message }, 200);
  });
}
