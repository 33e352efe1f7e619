import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import { dryRunAdjustment } from "@/lib/access-keys/lifecycle/dry-run";
import type { Adjustment } from "@/lib/access-keys/lifecycle/rules";
import { dryRunRetire, retireKey, type RetireRequest } from "@/lib/access-keys/lifecycle/retire";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { readDate, slotOf } from "@/lib/access-keys/rules";
import { admit } from "@/lib/api/admit";
import { keepLongerBodySchema, retireBodySchema, updateBodySchema } from "@/lib/api/bodies";
import { readRequestId } from "@/lib/api/idempotency";
import { type ApiContext, type ApiEnvironment, replyToDryRun, replyWithRefusal } from "@/lib/api/replies";
import { AT, CHANGE_ERRORS, changeRequest, dryRunSchema, limitedJson } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import type { ProjectScope } from "@/lib/gate/scope";

const RETIRE: ApiOperation = { name: "Retire now", permission: "keys:issue", limit: CHANGES };
const KEEP_LONGER: ApiOperation = { name: "Keep longer", permission: "keys:issue", limit: CHANGES };
const UPDATE: ApiOperation = { name: "Update the key", permission: "keys:disable", limit: CHANGES };

export const updatedSchema = z
  .strictObject({ outcome: z.enum(["done", "already-done"]), message: z.string() })
  .openapi("Updated");

/** The routes that change a key that exists: switch it off or on, set its date, end or prolong an overlap. */
export function addKeyChangeRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addUpdateRoute(api);
  addRetireRoutes(api);
}

/**
 * Switches the current key off or on, or sets its date. Whoever may disable may switch off; the change itself asks for
 * more where more is needed.
 */
function addUpdateRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const update = {
    summary: "Switch the key off or on, or set when it expires",
    request: changeRequest(updateBodySchema),
  };
  const route = createRoute({
    ...update,
    method: "patch",
    path: AT,
    middleware: admit(UPDATE),
    responses: {
      200: limitedJson("Done, now or before, or what a dry run tells.", z.union([updatedSchema, dryRunSchema])),
      ...CHANGE_ERRORS,
    },
  });
  api.openapi(route, async (context) => {
    const { region } = context.req.valid("param");
    const { name, accessKeyId, dryRun, ...wanted } = context.req.valid("json");
    const requestId = readRequestId(context.req.valid("header")["idempotency-key"], wanted.requestId);
    const place = { scope: context.var.scope, region, slot: slotOf(name) };
    const request = { ...place, requestId, accessKeyId, adjustment: readAdjustment(wanted) };
    if (dryRun) return replyToDryRun(context, await dryRunAdjustment(request));
    const adjusted = await adjustKey(request);
    if (!adjusted.ok) return replyWithRefusal(context, adjusted);
    return context.json({ outcome: adjusted.outcome, message: adjusted.message }, 200);
  });
}

/** Ends the overlap of a rotation now, or keeps the old key for longer. */
function addRetireRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const answer = {
    200: limitedJson("Done, now or before, or what a dry run tells.", z.union([updatedSchema, dryRunSchema])),
    ...CHANGE_ERRORS,
  };
  const retire = {
    summary: "End the overlap now",
    request: changeRequest(retireBodySchema),
  };
  const retireRoute = createRoute({
    ...retire,
    method: "post",
    path: `${AT}/retire`,
    middleware: admit(RETIRE),
    responses: answer,
  });
  api.openapi(retireRoute, (context) => {
    const { name, dryRun, ...given } = context.req.valid("json");
    const requestId = readRequestId(context.req.valid("header")["idempotency-key"], given.requestId);
    const { region } = context.req.valid("param");
    return replyToRetire(context, { region, slot: slotOf(name), requestId, keepSeconds: null }, dryRun);
  });
  const keep = {
    summary: "Keep the old key for longer",
    request: changeRequest(keepLongerBodySchema),
  };
  const keepRoute = createRoute({
    ...keep,
    method: "post",
    path: `${AT}/keep-longer`,
    middleware: admit(KEEP_LONGER),
    responses: answer,
  });
  api.openapi(keepRoute, (context) => {
    const { name, overlapSeconds, dryRun, ...given } = context.req.valid("json");
    const requestId = readRequestId(context.req.valid("header")["idempotency-key"], given.requestId);
    const { region } = context.req.valid("param");
    return replyToRetire(context, { region, slot: slotOf(name), requestId, keepSeconds: overlapSeconds }, dryRun);
  });
}

async function replyToRetire(
  context: ApiContext & { var: { scope: ProjectScope } },
  asked: Omit<RetireRequest, "scope">,
  dryRun = false,
) {
  const request = { ...asked, scope: context.var.scope };
  if (dryRun) return replyToDryRun(context, await dryRunRetire(request));
  const retired = await retireKey(request);
  if (!retired.ok) return replyWithRefusal(context, retired);
  void startRevocation(retired.revoking ?? []);
  return context.json({ outcome: retired.outcome, message: retired.message }, 200);
}

type Update = Pick<z.infer<typeof updateBodySchema>, "state" | "expirationDate" | "reason">;

function readAdjustment({ state, expirationDate, reason }: Update): Adjustment {
  if (state === undefined) return { kind: "SET_EXPIRATION", expiresAt: readDate(expirationDate) };
  return state === "ACTIVE" ? { kind: "ACTIVATE" } : { kind: "DEACTIVATE", reason };
}
