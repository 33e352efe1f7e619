import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admitAcrossProjects } from "@/lib/api/admit";
import { type ApiContext, type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import {
  BODY_ERRORS,
  cursorSchema,
  ERRORS,
  json,
  limitedJson,
  nextSchema,
  projectSchema,
  requestBody,
} from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { listProjects, loadProject } from "@/lib/projects/loaders";
import { addProject, changeProject } from "@/lib/projects/mutations";
import {
  newSlugSchema,
  type ProjectOutput,
  type ProjectWish,
  projectSearchSchema,
  regionsSchema,
  renameProjectInputSchema,
  setProjectRegionsInputSchema,
} from "@/lib/projects/schema";
import { nameSchema } from "@/lib/users/schema";

const READ: ApiOperation = { name: "Administer projects", permission: "installation:read" };
const manage = (name: string): ApiOperation => ({ name, permission: "installation:manage", limit: CHANGES });

const PATH = "/admin/projects";
const ONE = `${PATH}/{project}`;
/** What stands in the path, and so not in the body. */
const PLACE = { project: true } as const;

const addBodySchema = z.strictObject({
  project: newSlugSchema.openapi({ description: "The slug of the new project.", example: "lab" }),
  name: nameSchema,
});
const renameBodySchema = renameProjectInputSchema.omit(PLACE);
const regionsBodySchema = setProjectRegionsInputSchema.omit(PLACE);
const emptyBodySchema = z.strictObject({});

const projectFields = {
  project: z.string().openapi({ example: "demo" }),
  name: z.string(),
  members: z.int(),
  createdAt: z.iso.datetime(),
  disabledAt: z.iso.datetime().nullable(),
};
export const adminProjectSchema = z.strictObject(projectFields).openapi("AdminProject");
const adminProjectsSchema = z
  .strictObject({ projects: z.array(adminProjectSchema), next: nextSchema })
  .openapi("AdminProjects");
export const adminProjectDetailSchema = z
  .strictObject({
    ...projectFields,
    admins: z.int().openapi({ description: "How many of the members are admin of the project." }),
    allowedRegions: regionsSchema.openapi({ description: "The regions that the project may use; null for all." }),
    regions: z.array(
      z.strictObject({
        name: z.string(),
        switchedOff: z.boolean(),
        allowed: z.boolean(),
        liveKeys: z.int().openapi({ description: "The keys of the project there whose end is not decided." }),
      }),
    ),
  })
  .openapi("AdminProjectDetail");
export const projectChangedSchema = z
  .strictObject({ outcome: z.enum(["done", "already-done"]), message: z.string() })
  .openapi("ProjectChanged");

const CHANGED = {
  200: limitedJson("Done, or everything was like this before.", projectChangedSchema),
  ...BODY_ERRORS,
};

/** The routes with which platform admins read, make and change projects. */
export function addAdminProjectRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addReads(api);
  const addRoute = createRoute({
    summary: "Make a project",
    request: { body: requestBody(addBodySchema) },
    method: "post",
    path: PATH,
    middleware: admitAcrossProjects(manage("Add project")),
    responses: CHANGED,
  });
  api.openapi(addRoute, async (context) => {
    const { project, name } = context.req.valid("json");
    return reply(context, await addProject(context.var.actor, { slug: project, name }));
  });
  const renameRoute = createRoute({
    summary: "Rename a project",
    request: { params: projectSchema, body: requestBody(renameBodySchema) },
    method: "patch",
    path: ONE,
    middleware: admitAcrossProjects(manage("Rename project")),
    responses: CHANGED,
  });
  api.openapi(renameRoute, async (context) =>
    change(context, context.req.valid("param").project, { kind: "rename", name: context.req.valid("json").name }),
  );
  const regionsRoute = createRoute({
    summary: "Say which regions a project may use",
    description:
      "null for all regions, [] for none. Keys that exist work on. With former the change is refused when the project may use something else by now.",
    request: { params: projectSchema, body: requestBody(regionsBodySchema) },
    method: "post",
    path: `${ONE}/regions`,
    middleware: admitAcrossProjects(manage("Set regions of a project")),
    responses: CHANGED,
  });
  api.openapi(regionsRoute, async (context) =>
    change(context, context.req.valid("param").project, { kind: "set-regions", ...context.req.valid("json") }),
  );
  for (const disabled of [true, false]) addSwitch(api, disabled);
}

function addReads(api: OpenAPIHono<ApiEnvironment>): void {
  const filter = z.strictObject({
    cursor: cursorSchema,
    search: projectSearchSchema.optional().openapi({ description: "A part of the name or slug." }),
  });
  const listRoute = createRoute({
    summary: "All projects",
    request: { query: filter },
    method: "get",
    path: PATH,
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("A page of the projects, newest first.", adminProjectsSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { rows, next } = await listProjects(context.req.valid("query"));
    const projects = rows.map(({ slug, name, members, createdAt, disabledAt }) => ({
      ...{ project: slug, name, members, createdAt, disabledAt },
    }));
    return context.json({ projects, next }, 200);
  });
  const showRoute = createRoute({
    summary: "A project, with the regions that it may use",
    request: { params: projectSchema },
    method: "get",
    path: ONE,
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("The project.", adminProjectDetailSchema), ...ERRORS },
  });
  api.openapi(showRoute, async (context) => {
    const { slug, restricted, ...found } = await loadProject(context.req.valid("param").project);
    const allowed = found.regions.filter((region) => region.allowed).map(({ name }) => name);
    return context.json({ project: slug, ...found, allowedRegions: restricted ? allowed : null }, 200);
  });
}

function addSwitch(api: OpenAPIHono<ApiEnvironment>, disabled: boolean): void {
  const verb = disabled ? "Disable" : "Enable";
  const route = createRoute({
    summary: `${verb} a project`,
    description: "Its keys go on working either way.",
    request: { params: projectSchema, body: requestBody(emptyBodySchema) },
    method: "post",
    path: `${ONE}/${verb.toLowerCase()}`,
    middleware: admitAcrossProjects(manage(`${verb} project`)),
    responses: CHANGED,
  });
  api.openapi(route, async (context) =>
    change(context, context.req.valid("param").project, { kind: "switch", disabled }),
  );
}

async function change(context: ApiContext & { var: { actor: Actor } }, project: string, wish: ProjectWish) {
  return reply(context, await changeProject(context.var.actor, project, wish));
}

async function reply(context: ApiContext, changed: ProjectOutput) {
  if (!changed.ok) return replyWithReason(context, "CONFLICT", changed);
  return context.json({ outcome: changed.outcome, message: changed.message }, 200);
}
