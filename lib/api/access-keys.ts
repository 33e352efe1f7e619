import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { loadCard, loadCards } from "@/lib/access-keys/loaders/cards";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import type { Adjustment } from "@/lib/access-keys/lifecycle/rules";
import { retireKey, type RetireRequest } from "@/lib/access-keys/lifecycle/retire";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { commitBeforeReply } from "@/lib/access-keys/issue/deliver";
import { issueKey } from "@/lib/access-keys/issue/issue-key";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import type { IssueRequest } from "@/lib/access-keys/issue/write-ahead";
import {
  cardSchema,
  cardsSchema,
  disableInputSchema,
  enableInputSchema,
  keepLongerInputSchema,
  regenerateInputSchema,
  retireInputSchema,
  updateInputSchema,
} from "@/lib/access-keys/schema";
import { admit } from "@/lib/api/admit";
import { type ApiContext, type ApiEnvironment, errorSchema, replyWithRefusal } from "@/lib/api/replies";
import type { ProjectScope } from "@/lib/gate/scope";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import { slugSchema } from "@/lib/platform/text/slug";

const READ: ApiOperation = { name: "Read access keys", permission: "keys:read" };
const ENABLE: ApiOperation = { name: "Enable CLI Access", permission: "keys:issue", limit: CHANGES };
const REGENERATE: ApiOperation = { name: "Regenerate Keys", permission: "keys:issue", limit: CHANGES };
const DISABLE: ApiOperation = { name: "Disable Access", permission: "keys:disable", limit: CHANGES };

const RETIRE: ApiOperation = { name: "Retire now", permission: "keys:issue", limit: CHANGES };
const KEEP_LONGER: ApiOperation = { name: "Keep longer", permission: "keys:issue", limit: CHANGES };
const UPDATE: ApiOperation = { name: "Update the key", permission: "keys:disable", limit: CHANGES };

const projectSchema = z.object({ project: slugSchema });
const placeSchema = z.object({ project: slugSchema, region: slugSchema });
const PLACE = { project: true, region: true } as const;

/** The new access key. The secret is in this reply and nowhere else. */
const issuedSchema = z
  .strictObject({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    /** When the key expires; null for never. */
    expirationDate: z.iso.datetime().nullable(),
    endpoint: z.string(),
    region: z.string(),
    signingRegion: z.string(),
    /** How many keys this one replaces. Their removal has begun. */
    revoking: z.int(),
  })
  .openapi("Issued");
const doneSchema = z.strictObject({ outcome: z.literal("already-done"), message: z.string() }).openapi("AlreadyDone");
const revokingSchema = z
  .strictObject({ outcome: z.literal("revoking"), message: z.string(), accessKeyIds: z.array(z.string()) })
  .openapi("Revoking");
const updatedSchema = z
  .strictObject({ outcome: z.enum(["done", "already-done"]), message: z.string() })
  .openapi("Updated");

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});
const body = <T extends z.ZodType>(schema: T) => ({ required: true, content: { "application/json": { schema } } });
const ERRORS = {
  400: json("The input does not fit.", errorSchema),
  401: json("No token that stands for anybody.", errorSchema),
  404: json("Not there, or not for the caller.", errorSchema),
  409: json("The rules refuse it as things stand.", errorSchema),
  429: json("Too many changes in a short time.", errorSchema),
  500: json("Something went wrong in the portal.", errorSchema),
  502: json("The storage system did not do it.", errorSchema),
  503: json("A part of the portal does not answer.", errorSchema),
};
const ISSUING = {
  201: json("A new pair. The secret is in this reply only.", issuedSchema),
  200: json("The same request was carried out before.", doneSchema),
  ...ERRORS,
};
const AT = "/projects/{project}/regions/{region}";

/**
 * The routes that read, enable, regenerate and disable. They call the same functions as the actions; the reply is the
 * delivery.
 */
export function addAccessKeyRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const list = { summary: "The access of a project, region by region", request: { params: projectSchema } };
  api.openapi(
    createRoute({
      ...list,
      method: "get",
      path: "/projects/{project}/regions",
      middleware: admit(READ),
      responses: { 200: json("One a region.", cardsSchema), ...ERRORS },
    }),
    async (context) => context.json({ cards: await loadCards(context.var.scope) }, 200),
  );
  const read = { summary: "The access of a project in a region", request: { params: placeSchema } };
  api.openapi(
    createRoute({
      ...read,
      method: "get",
      path: AT,
      middleware: admit(READ),
      responses: { 200: json("State, current key, receipts.", cardSchema), ...ERRORS },
    }),
    async (context) => {
      const { region } = context.req.valid("param");
      return context.json(await loadCard(context.var.scope, region), 200);
    },
  );
  const enable = {
    summary: "Enable CLI access",
    request: { params: placeSchema, body: body(enableInputSchema.omit(PLACE)) },
  };
  const enableRoute = createRoute({
    ...enable,
    method: "post",
    path: `${AT}/enable`,
    middleware: admit(ENABLE),
    responses: ISSUING,
  });
  api.openapi(enableRoute, async (context) => {
    const { region } = context.req.valid("param");
    const { requestId, expirationDate } = context.req.valid("json");
    const expiresAt = readDate(expirationDate);
    const request = { kind: "ENABLE" as const, region, requestId, expiresAt, overlapSeconds: null };
    return issue(context, { ...request, scope: context.var.scope });
  });
  const regenerate = {
    summary: "Regenerate the keys",
    request: { params: placeSchema, body: body(regenerateInputSchema.omit(PLACE)) },
  };
  const regenerateRoute = createRoute({
    ...regenerate,
    method: "post",
    path: `${AT}/regenerate`,
    middleware: admit(REGENERATE),
    responses: ISSUING,
  });
  api.openapi(regenerateRoute, async (context) => {
    const { region } = context.req.valid("param");
    const { requestId, expirationDate, overlapSeconds = null } = context.req.valid("json");
    const request = { kind: "REGENERATE" as const, region, requestId, overlapSeconds };
    return issue(context, { ...request, scope: context.var.scope, expiresAt: readDate(expirationDate) });
  });
  addUpdateRoute(api);
  addRetireRoutes(api);
  const disable = {
    summary: "Disable the access",
    request: { params: placeSchema, body: body(disableInputSchema.omit(PLACE)) },
  };
  const responses = { 202: json("The end of the keys is decided.", revokingSchema), 200: ISSUING[200], ...ERRORS };
  const disableRoute = createRoute({
    ...disable,
    method: "post",
    path: `${AT}/disable`,
    middleware: admit(DISABLE),
    responses,
  });
  api.openapi(disableRoute, async (context) => {
    const { region } = context.req.valid("param");
    const { requestId, reason } = context.req.valid("json");
    const ended = await disableAccess({ scope: context.var.scope, region, requestId, reason });
    if (!ended.ok) return replyWithRefusal(context, ended);
    const { outcome, message } = ended;
    if (outcome === "already-done") return context.json({ outcome, message }, 200);
    void startRevocation(ended.revoking);
    return context.json({ outcome, message, accessKeyIds: ended.accessKeyIds }, 202);
  });
}

/**
 * Switches the current key off or on, or sets its date. Whoever may disable may switch off; the change itself asks for
 * more where more is needed.
 */
function addUpdateRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const update = {
    summary: "Switch the key off or on, or set when it expires",
    request: { params: placeSchema, body: body(updateInputSchema) },
  };
  const route = createRoute({
    ...update,
    method: "patch",
    path: AT,
    middleware: admit(UPDATE),
    responses: { 200: json("Done, now or before.", updatedSchema), ...ERRORS },
  });
  api.openapi(route, async (context) => {
    const { region } = context.req.valid("param");
    const { requestId, ...wanted } = context.req.valid("json");
    const adjusted = await adjustKey({
      scope: context.var.scope,
      region,
      requestId,
      adjustment: readAdjustment(wanted),
    });
    if (!adjusted.ok) return replyWithRefusal(context, adjusted);
    return context.json({ outcome: adjusted.outcome, message: adjusted.message }, 200);
  });
}

/** Ends the overlap of a rotation now, or keeps the old key for longer. */
function addRetireRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const answer = { 200: json("Done, now or before.", updatedSchema), ...ERRORS };
  const retire = {
    summary: "End the overlap now",
    request: { params: placeSchema, body: body(retireInputSchema.omit(PLACE)) },
  };
  const retireRoute = createRoute({
    ...retire,
    method: "post",
    path: `${AT}/retire`,
    middleware: admit(RETIRE),
    responses: answer,
  });
  api.openapi(retireRoute, (context) => {
    const { requestId } = context.req.valid("json");
    return replyToRetire(context, { ...context.req.valid("param"), requestId, keepSeconds: null });
  });
  const keep = {
    summary: "Keep the old key for longer",
    request: { params: placeSchema, body: body(keepLongerInputSchema.omit(PLACE)) },
  };
  const keepRoute = createRoute({
    ...keep,
    method: "post",
    path: `${AT}/keep-longer`,
    middleware: admit(KEEP_LONGER),
    responses: answer,
  });
  api.openapi(keepRoute, (context) => {
    const { requestId, overlapSeconds } = context.req.valid("json");
    return replyToRetire(context, { ...context.req.valid("param"), requestId, keepSeconds: overlapSeconds });
  });
}

async function replyToRetire(
  context: ApiContext & { var: { scope: ProjectScope } },
  { region, requestId, keepSeconds }: Omit<RetireRequest, "scope">,
) {
  const retired = await retireKey({ scope: context.var.scope, region, requestId, keepSeconds });
  if (!retired.ok) return replyWithRefusal(context, retired);
  void startRevocation(retired.revoking ?? []);
  return context.json({ outcome: retired.outcome, message: retired.message }, 200);
}

type Update = Pick<z.infer<typeof updateInputSchema>, "state" | "expirationDate" | "reason">;

function readAdjustment({ state, expirationDate, reason }: Update): Adjustment {
  if (state === undefined) return { kind: "SET_EXPIRATION", expiresAt: readDate(expirationDate) };
  return state === "ACTIVE" ? { kind: "ACTIVATE" } : { kind: "DEACTIVATE", reason };
}

/** The date that the caller asks for; null for none. */
const readDate = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

async function issue(context: ApiContext, request: IssueRequest) {
  const issued = await issueKey(request, commitBeforeReply);
  if (!issued.ok) return replyWithRefusal(context, issued);
  if (issued.outcome === "already-done") return context.json({ outcome: issued.outcome, message: issued.message }, 200);
  const { change, secret, revoking } = issued;
  void startRevocation(revoking);
  const { name: region, endpoint, signingRegion } = change.region;
  const pair = { accessKeyId: change.accessKeyId, secretAccessKey: secret.reveal() };
  const expirationDate = change.expiresAt?.toISOString() ?? null;
  return context.json({ ...pair, expirationDate, endpoint, region, signingRegion, revoking: revoking.length }, 201);
}
