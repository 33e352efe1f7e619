import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { loadCard, loadCards } from "@/lib/access-keys/loaders/cards";
import { disableAccess, dryRunDisable } from "@/lib/access-keys/revoke/disable";
import { commitBeforeReply } from "@/lib/access-keys/issue/deliver";
import { dryRunIssue } from "@/lib/access-keys/issue/dry-run";
import { issueKey } from "@/lib/access-keys/issue/issue-key";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import type { IssueRequest } from "@/lib/access-keys/issue/write-ahead";
import { nameAccessLevel, nameOfSlot, readAccessLevel, readDate, slotOf } from "@/lib/access-keys/rules";
import { ACCESS_LEVELS, cardSchema, cardsSchema } from "@/lib/access-keys/schema";
import { admit } from "@/lib/api/admit";
import { disableBodySchema, enableBodySchema, regenerateBodySchema } from "@/lib/api/bodies";
import { readRequestId } from "@/lib/api/idempotency";
import { addKeyChangeRoutes } from "@/lib/api/key-changes";
import { type ApiContext, type ApiEnvironment, replyToDryRun, replyWithRefusal } from "@/lib/api/replies";
import {
  AT,
  CHANGE_ERRORS,
  changeRequest,
  dryRunSchema,
  ERRORS,
  json,
  limitedJson,
  placeSchema,
  projectSchema,
} from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";

const READ: ApiOperation = { name: "Read access keys", permission: "keys:read" };
const ENABLE: ApiOperation = { name: "Enable CLI Access", permission: "keys:issue", limit: CHANGES };
const REGENERATE: ApiOperation = { name: "Regenerate Keys", permission: "keys:issue", limit: CHANGES };
const DISABLE: ApiOperation = { name: "Disable Access", permission: "keys:disable", limit: CHANGES };

/** The new access key. The secret is in this reply and nowhere else. */
export const issuedSchema = z
  .strictObject({
    /** The caller's. */
    requestId: z.uuid(),
    /** Null for the key of the card. */
    name: z.string().nullable(),
    access: z.enum(ACCESS_LEVELS),
    accessKeyId: z.string(),
    secretKey: z.string().openapi({ description: "Shown in this reply only, and kept nowhere." }),
    state: z.literal("ACTIVE"),
    creationDate: z.iso.datetime(),
    lastModificationDate: z.iso.datetime(),
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
export const revokingSchema = z
  .strictObject({ outcome: z.literal("revoking"), message: z.string(), accessKeyIds: z.array(z.string()) })
  .openapi("Revoking");
const ISSUING = {
  201: limitedJson("A new pair. The secret is in this reply only.", issuedSchema),
  200: limitedJson(
    "The same request was carried out before, or what a dry run tells.",
    z.union([doneSchema, dryRunSchema]),
  ),
  ...CHANGE_ERRORS,
};

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
  addIssueRoutes(api);
  addKeyChangeRoutes(api);
  addDisableRoute(api);
}

function addIssueRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const enable = {
    summary: "Enable CLI access",
    request: changeRequest(enableBodySchema),
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
    const { name, access, expirationDate, removeAtExpiration, userName, dryRun, ...given } = context.req.valid("json");
    const requestId = readRequestId(context.req.valid("header")["idempotency-key"], given.requestId);
    const place = { scope: context.var.scope, region, slot: slotOf(name) };
    const expiresAt = readDate(expirationDate);
    const key = { access: readAccessLevel(access), expiresAt, removeAtExpiration, overlapSeconds: null };
    return issue(context, { ...place, kind: "ENABLE", ...key, madeFor: userName, requestId }, dryRun);
  });
  const regenerate = {
    summary: "Regenerate the keys",
    request: changeRequest(regenerateBodySchema),
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
    const { name, expirationDate, overlapSeconds = null, dryRun, ...given } = context.req.valid("json");
    const requestId = readRequestId(context.req.valid("header")["idempotency-key"], given.requestId);
    const place = { scope: context.var.scope, region, slot: slotOf(name) };
    const expiresAt = readDate(expirationDate);
    const key = { access: "FULL" as const, expiresAt, overlapSeconds };
    return issue(context, { ...place, kind: "REGENERATE", ...key, requestId }, dryRun);
  });
}

function addDisableRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const disable = {
    summary: "Disable the access",
    request: changeRequest(disableBodySchema),
  };
  const responses = {
    202: limitedJson("The end of the keys is decided.", revokingSchema),
    200: ISSUING[200],
    ...CHANGE_ERRORS,
  };
  const disableRoute = createRoute({
    ...disable,
    method: "post",
    path: `${AT}/disable`,
    middleware: admit(DISABLE),
    responses,
  });
  api.openapi(disableRoute, async (context) => {
    const { region } = context.req.valid("param");
    const { name, reason, accessKeyId, dryRun, ...given } = context.req.valid("json");
    const requestId = readRequestId(context.req.valid("header")["idempotency-key"], given.requestId);
    const request = { scope: context.var.scope, region, slot: slotOf(name), requestId, reason, accessKeyId };
    if (dryRun) return replyToDryRun(context, await dryRunDisable(request));
    const ended = await disableAccess(request);
    if (!ended.ok) return replyWithRefusal(context, ended);
    const { outcome, message } = ended;
    if (outcome === "already-done") return context.json({ outcome, message }, 200);
    void startRevocation(ended.revoking);
    return context.json({ outcome, message, accessKeyIds: ended.accessKeyIds }, 202);
  });
}

async function issue(context: ApiContext, request: IssueRequest, dryRun = false) {
  if (dryRun) return replyToDryRun(context, await dryRunIssue(request));
  const issued = await issueKey(request, commitBeforeReply);
  if (!issued.ok) return replyWithRefusal(context, issued);
  if (issued.outcome === "already-done") return context.json({ outcome: issued.outcome, message: issued.message }, 200);
  const { change, secret, revoking } = issued;
  void startRevocation(revoking);
  const { name: region, endpoint, signingRegion } = change.region;
  const created = change.createdAt.toISOString();
  return context.json(
    {
      requestId: change.requestId,
      name: nameOfSlot(request.slot),
      access: nameAccessLevel(change.access),
      accessKeyId: change.accessKeyId,
      secretKey: secret.reveal(),
      state: "ACTIVE" as const,
      creationDate: created,
      lastModificationDate: created,
      expirationDate: change.expiresAt?.toISOString() ?? null,
      endpoint,
      region,
      signingRegion,
      revoking: revoking.length,
    },
    201,
  );
}
