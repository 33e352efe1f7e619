import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admitOwner } from "@/lib/api/admit";
import type { ApiEnvironment } from "@/lib/api/replies";
import { cursorSchema, ERRORS, json, nextSchema } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { PROJECT_ROLES } from "@/lib/gate/permissions";
import { plainText } from "@/lib/platform/text/plain-text";
import { listOwnProjects } from "@/lib/projects/loaders";

const LIST: ApiOperation = { name: "List projects", permission: "account:manage" };

const SEARCH_MAX = 200;

const querySchema = z.strictObject({
  search: plainText.max(SEARCH_MAX).optional().openapi({ description: "A part of the name, or of the slug." }),
  cursor: cursorSchema,
});

const projectsSchema = z
  .strictObject({
    projects: z.array(
      z.strictObject({
        project: z.string().openapi({ example: "demo" }),
        name: z.string(),
        role: z.string().openapi({ enum: [...PROJECT_ROLES] }),
      }),
    ),
    next: nextSchema,
  })
  .openapi("Projects");

/** The route that tells a program which projects it may work in. */
export function addProjectRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const route = createRoute({
    summary: "The caller's projects",
    request: { query: querySchema },
    method: "get",
    path: "/projects",
    middleware: admitOwner(LIST),
    responses: { 200: json("A page of the projects, newest first.", projectsSchema), ...ERRORS },
  });
  api.openapi(route, async (context) => {
    const { rows, next } = await listOwnProjects(context.var.actor, context.req.valid("query"));
    return context.json({ projects: rows.map(({ slug, ...row }) => ({ project: slug, ...row })), next }, 200);
  });
}
