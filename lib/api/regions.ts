import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admitAcrossProjects } from "@/lib/api/admit";
import { type ApiContext, type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import { BODY_ERRORS, cursorSchema, ERRORS, json, limitedJson, nextSchema, requestBody } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import { slugSchema } from "@/lib/platform/text/slug";
import { rotateCredentials } from "@/lib/regions/administration/rotate-credentials";
import { checkSaved, checkWish, saveWish, switchRegion } from "@/lib/regions/administration/save-region";
import { listRegions, loadProviderForms } from "@/lib/regions/loaders";
import {
  changedRegionSchema,
  findingSchema,
  newRegionSchema,
  type RegionRow,
  type RegionWish,
} from "@/lib/regions/schema";

const READ = { name: "List regions", permission: "installation:read" } as const;
const CHECK = operation("Test connection");
const CHECK_NOW = operation("Check region");
const SAVE = operation("Save region");
const SWITCH = operation("Switch region");
const ROTATE = operation("Rotate credentials");

function operation(name: string): ApiOperation {
  return { name, permission: "installation:manage", limit: CHANGES };
}

export const regionRowSchema = z
  .strictObject({
    name: z.string(),
    provider: z.string(),
    endpoint: z.string(),
    signingRegion: z.string(),
    declared: z.boolean().openapi({ description: "Whether the regions file declares it: only the file changes it." }),
    disabledAt: z.iso.datetime().nullable().openapi({ description: "Since when it is switched off for new keys." }),
    checkedAt: z.iso.datetime().nullable(),
    checkError: z.string().nullable().openapi({ description: "Why the last check failed." }),
    failingSince: z.iso.datetime().nullable(),
    warnings: z.array(z.string()).openapi({ description: "Such as the known vulnerabilities of the version there." }),
    rotationError: z
      .string()
      .nullable()
      .openapi({ description: "Why a rotation of its credentials could not be finished so far." }),
    missingKeys: z.int().openapi({ description: "How many current keys the storage system does not know." }),
  })
  .openapi("Region");
const regionsSchema = z.strictObject({ regions: z.array(regionRowSchema), next: nextSchema }).openapi("Regions");
const fieldSchema = z
  .strictObject({
    name: z.string(),
    label: z.string(),
    help: z.string(),
    kind: z.enum(["url", "text", "number", "boolean", "secret"]),
    required: z.boolean(),
    default: z.string().nullable(),
    receivesSecret: z.boolean().openapi({ description: "Whether the portal sends its credentials to this address." }),
  })
  .openapi("ProviderField");
export const providerSchema = z
  .strictObject({
    kind: z.string(),
    title: z.string(),
    description: z.string(),
    settings: z.array(fieldSchema),
    credentials: z.array(fieldSchema),
  })
  .openapi("Provider");
const providersSchema = z.strictObject({ providers: z.array(providerSchema) }).openapi("Providers");
export const regionCheckSchema = z
  .strictObject({ passed: z.boolean(), message: z.string(), findings: z.array(findingSchema) })
  .openapi("RegionCheck");
export const regionSavedSchema = z
  .strictObject({ message: z.string(), findings: z.array(findingSchema) })
  .openapi("RegionSaved");
export const regionSwitchedSchema = z.strictObject({ message: z.string() }).openapi("RegionSwitched");

const newBodySchema = newRegionSchema
  .partial({ gateways: true, settings: true })
  .openapi("NewRegion", { description: "The settings and credentials are those of the provider." });
const changeBodySchema = changedRegionSchema.omit({ name: true });
const switchBodySchema = z.strictObject({ on: z.boolean() });
const nameSchema = z.object({ region: slugSchema });
const AT = "/admin/regions/{region}";
const emptyBody = { body: requestBody(z.strictObject({})) };

/** The routes that read, check and change the regions of the installation. For platform admins. */
export function addRegionRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addReadRoutes(api);
  addCheckRoutes(api);
  addChangeRoutes(api);
}

function addReadRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const listRoute = createRoute({
    summary: "The regions of the installation",
    description: "For platform admins. No credential is among the answer.",
    request: { query: z.strictObject({ cursor: cursorSchema }) },
    method: "get",
    path: "/admin/regions",
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("A page of the regions, newest first.", regionsSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { rows, next } = await listRegions(context.req.valid("query"));
    return context.json({ regions: rows.map(toReply), next }, 200);
  });
  const providersRoute = createRoute({
    summary: "The kinds of storage systems, and what a region of each takes",
    description: "For platform admins.",
    method: "get",
    path: "/admin/providers",
    middleware: admitAcrossProjects(READ),
    responses: { 200: json("The kinds of storage systems.", providersSchema), ...ERRORS },
  });
  api.openapi(providersRoute, (context) => context.json({ providers: loadProviderForms() }, 200));
}

function addCheckRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const checkRoute = createRoute({
    summary: "Check a region that is not saved",
    description: "Makes a throwaway key there and removes it. Saves nothing.",
    request: { body: requestBody(newBodySchema) },
    method: "post",
    path: "/admin/providers/check",
    middleware: admitAcrossProjects(CHECK),
    responses: { 200: limitedJson("What the check found.", regionCheckSchema), ...BODY_ERRORS },
  });
  api.openapi(checkRoute, async (context) => {
    const { ok, message, findings } = await checkWish(context.var.actor, wishOf(context.req.valid("json")));
    return context.json({ passed: ok, message, findings }, 200);
  });
  const checkNowRoute = createRoute({
    summary: "Check a saved region now",
    description: "The result is written down, as that of the worker's checks.",
    request: { params: nameSchema, ...emptyBody },
    method: "post",
    path: `${AT}/check`,
    middleware: admitAcrossProjects(CHECK_NOW),
    responses: { 200: limitedJson("What the check found.", regionCheckSchema), ...BODY_ERRORS },
  });
  api.openapi(checkNowRoute, async (context) => {
    const { ok, message, findings } = await checkSaved(context.var.actor, context.req.valid("param").region);
    return context.json({ passed: ok, message, findings }, 200);
  });
}

function addChangeRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const responses = { 200: limitedJson("Checked and saved.", regionSavedSchema), ...BODY_ERRORS };
  const addRoute = createRoute({
    summary: "Add a region",
    description: "The region is checked first, and saved only when the check passed.",
    request: { body: requestBody(newBodySchema) },
    method: "post",
    path: "/admin/regions",
    middleware: admitAcrossProjects(SAVE),
    responses,
  });
  api.openapi(addRoute, (context) => save(context, wishOf(context.req.valid("json"))));
  const changeRoute = createRoute({
    summary: "Change a region, or replace its credentials",
    description:
      "What is left out stays; an empty setting or credential is removed. The region is checked first. With `despiteRotation` it is changed also while a rotation of its credentials is not finished; the rotation then goes on.",
    request: { params: nameSchema, body: requestBody(changeBodySchema) },
    method: "patch",
    path: AT,
    middleware: admitAcrossProjects(SAVE),
    responses,
  });
  api.openapi(changeRoute, (context) => {
    const region = { ...context.req.valid("json"), name: context.req.valid("param").region };
    return save(context, { kind: "changed", region });
  });
  const rotateRoute = createRoute({
    summary: "Replace the portal's own credentials by new ones that only the portal knows",
    description: "The new ones are checked before they are saved, and the former ones are proved refused.",
    request: { params: nameSchema, ...emptyBody },
    method: "post",
    path: `${AT}/rotate-credentials`,
    middleware: admitAcrossProjects(ROTATE),
    responses,
  });
  api.openapi(rotateRoute, async (context) => {
    const rotated = await rotateCredentials(context.var.actor, context.req.valid("param").region);
    if (!rotated.ok) return replyWithReason(context, "CONFLICT", rotated);
    return context.json({ message: rotated.message, findings: rotated.findings }, 200);
  });
  const switchRoute = createRoute({
    summary: "Switch a region off for new keys, or on again",
    request: { params: nameSchema, body: requestBody(switchBodySchema) },
    method: "post",
    path: `${AT}/switch`,
    middleware: admitAcrossProjects(SWITCH),
    responses: { 200: limitedJson("It is switched as asked.", regionSwitchedSchema), ...BODY_ERRORS },
  });
  api.openapi(switchRoute, async (context) => {
    const { on } = context.req.valid("json");
    const switched = await switchRegion(context.var.actor, context.req.valid("param").region, on);
    if (!switched.ok) return replyWithReason(context, "CONFLICT", switched);
    return context.json({ message: switched.message }, 200);
  });
}

/** Without what only the pages show. */
const toReply = ({ id: _id, waiting: _waiting, title: _title, writtenAtStart: _written, ...row }: RegionRow) => row;

const wishOf = ({ gateways = [], settings = {}, ...region }: z.infer<typeof newBodySchema>): RegionWish => ({
  kind: "new",
  region: { ...region, gateways, settings },
});

async function save(context: ApiContext & { var: { actor: Parameters<typeof saveWish>[0] } }, wish: RegionWish) {
  const saved = await saveWish(context.var.actor, wish);
  if (!saved.ok) return replyWithReason(context, "CONFLICT", saved);
  return context.json({ message: saved.message, findings: saved.findings }, 200);
}
