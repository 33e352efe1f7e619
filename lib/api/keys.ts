import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { loadProjectKey, lookUpKey } from "@/lib/access-keys/loaders/find-key";
import { loadKeyTable } from "@/lib/access-keys/loaders/key-table";
import { KEY_STATES } from "@/lib/access-keys/rules";
import { admit, admitAcrossProjects } from "@/lib/api/admit";
import { composeKey, keyDetailSchema, keySchema, supportKeySchema } from "@/lib/api/key-replies";
import type { ApiEnvironment } from "@/lib/api/replies";
import { cursorSchema, ERRORS, json, nextSchema, projectSchema } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { notFound } from "@/lib/gate/scope";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";

const READ: ApiOperation = { name: "Read access keys", permission: "keys:read" };
const FIND: ApiOperation = { name: "Find a key", permission: "keys:find" };

const FILTER_MAX = 200;

const filterSchema = z.strictObject({
  cursor: cursorSchema,
  region: slugSchema.optional(),
  state: z.enum(KEY_STATES).optional(),
  search: plainText.max(FILTER_MAX).optional().openapi({ description: "A part of the access key id." }),
  name: plainText
    .max(FILTER_MAX)
    .optional()
    .openapi({ description: "The whole name of a named key, or default for the key of the card." }),
  createdBy: plainText
    .max(FILTER_MAX)
    .optional()
    .openapi({ description: "A part of the name of the person who made the key." }),
});

const keyIdSchema = z.object({ accessKeyId: z.string().openapi({ description: "The whole access key id." }) });

const keysSchema = z.strictObject({ keys: z.array(keySchema), next: nextSchema }).openapi("Keys");

/** The routes that read keys, current and past. No reply has a secret. */
export function addKeyRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addProjectKeyRoutes(api);
  addSupportRoute(api);
}

function addProjectKeyRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const listRoute = createRoute({
    summary: "All keys of a project, current and past",
    request: { params: projectSchema, query: filterSchema },
    method: "get",
    path: "/projects/{project}/keys",
    middleware: admit(READ),
    responses: { 200: json("A page of the keys, newest first.", keysSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { rows, next } = await loadKeyTable(context.var.scope, context.req.valid("query"));
    return context.json({ keys: rows.map(composeKey), next }, 200);
  });
  const readRoute = createRoute({
    summary: "A key of a project, with its history",
    request: { params: projectSchema.extend(keyIdSchema.shape) },
    method: "get",
    path: "/projects/{project}/keys/{accessKeyId}",
    middleware: admit(READ),
    responses: { 200: json("The key, its history and its receipts.", keyDetailSchema), ...ERRORS },
  });
  api.openapi(readRoute, async (context) => {
    const { accessKeyId } = context.req.valid("param");
    const { history, ...row } = await loadProjectKey(context.var.scope, accessKeyId);
    return context.json({ ...composeKey(row), history }, 200);
  });
}

function addSupportRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const route = createRoute({
    summary: "Find a key in any project",
    description: "For support and platform admins. The look-up is written to the audit log.",
    request: { params: keyIdSchema },
    method: "get",
    path: "/support/keys/{accessKeyId}",
    middleware: admitAcrossProjects(FIND),
    responses: { 200: json("The key, its project and its history.", supportKeySchema), ...ERRORS },
  });
  api.openapi(route, async (context) => {
    const found = await lookUpKey(context.var.actor, context.req.valid("param").accessKeyId);
    if (!found) throw notFound("key");
    const { history, live, project, ...row } = found;
    return context.json(
      { ...composeKey(row), history, live, project: { project: project.slug, name: project.name } },
      200,
    );
  });
}
