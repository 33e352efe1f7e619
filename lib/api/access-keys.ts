import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { loadCards } from "@/lib/access-keys/loaders";
import { disableAccess } from "@/lib/access-keys/mutations/disable-access";
import { issuePair } from "@/lib/access-keys/mutations/issue-pair";
import { startRevocation } from "@/lib/access-keys/mutations/revoke-key";
import { cardSchema, cardsSchema, disableInputSchema, enableInputSchema, regenerateInputSchema } from "@/lib/access-keys/schema";
import { type ApiContext, type ApiEnvironment, errorSchema, replyWithRefusal } from "@/lib/api/replies";
import { admitToProject, type ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import type { ProjectScope } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";
import { slugSchema } from "@/lib/platform/slug";

const READ: ApiOperation = { name: "Read access keys", permission: "keys:read" };
const ENABLE: ApiOperation = { name: "Enable CLI Access", permission: "keys:issue", limit: CHANGES };
const REGENERATE: ApiOperation = { name: "Regenerate Keys", permission: "keys:issue", limit: CHANGES };
const DISABLE: ApiOperation = { name: "Disable Access", permission: "keys:disable", limit: CHANGES };

const projectSchema = z.object({ project: slugSchema });
const placeSchema = z.object({ project: slugSchema, region: slugSchema });
const PLACE = { project: true, region: true } as const;

/** The new pair. The secret is in this reply and nowhere else. */
const issuedSchema = z
  .strictObject({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    endpoint: z.string(),
    region: z.string(),
    signingRegion: z.string(),
    /** How many keys this one took the place of; their removal has begun. */
    revoking: z.int(),
  })
  .openapi("Issued");
const doneSchema = z.strictObject({ outcome: z.literal("already-done"), message: z.string() }).openapi("AlreadyDone");
const revokingSchema = z
  .strictObject({ outcome: z.literal("revoking"), message: z.string(), accessKeyIds: z.array(z.string()) })
  .openapi("Revoking");

const json = <T extends z.ZodType>(description: string, schema: T) => ({ description, content: { "application/json": { schema } } });
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

/** Reads, enables, regenerates, disables: the same mutations as the portal's actions, where the reply is the delivery. */
export function addAccessKeyRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const list = { summary: "The access of a project, region by region", request: { params: projectSchema } };
  api.openapi(
    createRoute({ ...list, method: "get", path: "/projects/{project}/regions", responses: { 200: json("One a region.", cardsSchema), ...ERRORS } }),
    async (context) => {
      const scope = await admit(context, context.req.valid("param").project, READ);
      return context.json({ cards: await loadCards(scope) }, 200);
    },
  );
  const read = { summary: "The access of a project in a region", request: { params: placeSchema } };
  api.openapi(
    createRoute({ ...read, method: "get", path: AT, responses: { 200: json("State, current key, receipts.", cardSchema), ...ERRORS } }),
    async (context) => {
      const { project, region } = context.req.valid("param");
      const card = (await loadCards(await admit(context, project, READ))).find((found) => found.region.name === region);
      if (!card) throw new AppError("NOT_FOUND", "no such region");
      return context.json(card, 200);
    },
  );
  const enable = { summary: "Enable CLI access", request: { params: placeSchema, body: body(enableInputSchema.omit(PLACE)) } };
  api.openapi(createRoute({ ...enable, method: "post", path: `${AT}/enable`, responses: ISSUING }), async (context) => {
    const { project, region } = context.req.valid("param");
    const { requestId } = context.req.valid("json");
    return issue(context, await admit(context, project, ENABLE), { kind: "ENABLE", region, requestId });
  });
  const regenerate = { summary: "Regenerate the keys", request: { params: placeSchema, body: body(regenerateInputSchema.omit(PLACE)) } };
  api.openapi(createRoute({ ...regenerate, method: "post", path: `${AT}/regenerate`, responses: ISSUING }), async (context) => {
    const { project, region } = context.req.valid("param");
    const { requestId } = context.req.valid("json");
    return issue(context, await admit(context, project, REGENERATE), { kind: "REGENERATE", region, requestId });
  });
  const disable = { summary: "Disable the access", request: { params: placeSchema, body: body(disableInputSchema.omit(PLACE)) } };
  const responses = { 202: json("The end of the keys is decided.", revokingSchema), 200: ISSUING[200], ...ERRORS };
  api.openapi(createRoute({ ...disable, method: "post", path: `${AT}/disable`, responses }), async (context) => {
    const { project, region } = context.req.valid("param");
    const { requestId, reason } = context.req.valid("json");
    const ended = await disableAccess({ scope: await admit(context, project, DISABLE), region, requestId, reason });
    if (!ended.ok) return replyWithRefusal(context, ended);
    const { outcome, message } = ended;
    if (outcome === "already-done") return context.json({ outcome, message }, 200);
    void startRevocation(ended.revoking, ended.lease);
    return context.json({ outcome, message, accessKeyIds: ended.accessKeyIds }, 202);
  });
}

async function admit(context: ApiContext, project: string, operation: ApiOperation): Promise<ProjectScope> {
  context.set("operation", operation);
  const { actor } = context.var;
  if (!actor) throw new AppError("UNAUTHENTICATED", "no token was looked at");
  const scope = await admitToProject(actor, project, operation);
  context.set("scope", scope);
  return scope;
}

async function issue(context: ApiContext, scope: ProjectScope, wish: { kind: "ENABLE" | "REGENERATE"; region: string; requestId: string }) {
  const issued = await issuePair({ ...wish, scope }, "reply");
  if (!issued.ok) return replyWithRefusal(context, issued);
  if (issued.outcome === "already-done") return context.json({ outcome: issued.outcome, message: issued.message }, 200);
  const { change, secret, revoking, lease } = issued;
  void startRevocation(revoking, lease);
  const { name: region, endpoint, signingRegion } = change.region;
  const pair = { accessKeyId: change.accessKeyId, secretAccessKey: secret.reveal() };
  return context.json({ ...pair, endpoint, region, signingRegion, revoking: revoking.length }, 201);
}
