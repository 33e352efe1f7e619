import "server-only";
import { randomUUID } from "node:crypto";
import { cookies, headers } from "next/headers";
import { notFound } from "next/navigation";
import { createSafeActionClient, type ValidatedMiddlewareFn } from "next-safe-action";
import { z } from "zod";
import { type AuditEventName, EVENT_DATA } from "@/lib/audit/events";
import { PERMISSIONS, type Permission } from "@/lib/gate/permissions";
import { ACTIONS_COARSE, consumeRateLimit } from "@/lib/gate/rate-limit";
import { auditRefusal, explainError, type GateContext, type GateError, readRefusal } from "@/lib/gate/refusals";
import {
  type Actor,
  authorizePlatform,
  authorizeProject,
  authorizeSomewhere,
  type ProjectScope,
} from "@/lib/gate/scope";
import { readActor } from "@/lib/gate/session";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";

/** The names of all audit events. */
export const EVENTS = Object.keys(EVENT_DATA) as [AuditEventName, ...AuditEventName[]];

/** What every action must declare. An action without one of these does not compile. */
const metadataSchema = z.strictObject({
  /** The name that people and the audit log use. */
  name: z.string(),
  permission: z.enum(PERMISSIONS as [Permission, ...Permission[]]),
  /** The audit event that its mutation records. */
  event: z.enum(EVENTS),
  /** How often one person may do it. */
  limit: z.strictObject({ points: z.int().positive(), seconds: z.int().positive() }),
});

type Metadata = z.infer<typeof metadataSchema>;

/**
 * The gate that every action passes, in this order: request id, origin, session, coarse limit, input, and with
 * `inProject` project, permission and fine limit. Refusals and failures are audited here.
 */
export const actionClient = createSafeActionClient({
  defineMetadataSchema: () => metadataSchema,
  defaultValidationErrorsShape: "flattened",
  async handleServerError(error, { metadata, ctx }): Promise<GateError> {
    const told = await explainError(error, nameOf(metadata), ctx as GateContext);
    // The HTTP status says so too.
    if (told.code === "NOT_FOUND") notFound();
    return told;
  },
})
  .use(async ({ next }) => next({ ctx: { requestId: randomUUID() } }))
  .use(async ({ next }) => {
    await assertOwnOrigin();
    return next();
  })
  .use(async ({ next }) => {
    const [jar, head] = await Promise.all([cookies(), headers()]);
    const request = { cookie: (name: string) => jar.get(name)?.value, header: (name: string) => head.get(name) };
    const actor = await readActor(request, { activity: true });
    if (!actor) throw new AppError("UNAUTHENTICATED", "not signed in");
    return next({ ctx: { actor } });
  })
  .use(async ({ next, ctx }) => {
    await consumeRateLimit("actions", ACTIONS_COARSE, ctx.actor.userId);
    return next();
  })
  .use(async ({ next, ctx, metadata }) => {
    const result = await next();
    const code = result.validationErrors ? "BAD_INPUT" : readRefusal(result.data);
    if (code) await auditRefusal("action.refused", code, nameOf(metadata), ctx);
    return result;
  });

interface PassedContext {
  requestId: string;
  actor: Actor;
}

type Validated<Input, Added extends object> = ValidatedMiddlewareFn<
  GateError,
  Metadata,
  PassedContext,
  PassedContext & Added,
  Input,
  Input,
  readonly [],
  readonly []
>;

/**
 * For actions on a project: loads the project by the input's `project` with the caller's role, checks permission and
 * limit.
 */
export function inProject<Input extends { project: string }>(): Validated<Input, { scope: ProjectScope }> {
  return async ({ parsedInput, ctx, metadata, next }) => {
    const scope = await authorizeProject(ctx.actor, parsedInput.project, metadata.permission);
    await consumeRateLimit(metadata.name, metadata.limit, ctx.actor.userId);
    return next({ ctx: { scope } });
  };
}

/** For actions across projects or on the installation: checks the platform role and the limit. */
export function inInstallation<Input>(): Validated<Input, object> {
  return async ({ ctx, metadata, next }) => {
    authorizePlatform(ctx.actor, metadata.permission);
    await consumeRateLimit(metadata.name, metadata.limit, ctx.actor.userId);
    return next({ ctx: {} });
  };
}

/** For actions on one's own account: everybody who is signed in may take them, within the limit. */
export function inOwnAccount<Input>(): Validated<Input, object> {
  return async ({ ctx, metadata, next }) => {
    await consumeRateLimit(metadata.name, metadata.limit, ctx.actor.userId);
    return next({ ctx: {} });
  };
}

/** The same for those who have the permission in some project, or by a platform role. */
export function inOwnAccountWithPermission<Input>(): Validated<Input, object> {
  return async ({ ctx, metadata, next }) => {
    await authorizeSomewhere(ctx.actor, metadata.permission);
    await consumeRateLimit(metadata.name, metadata.limit, ctx.actor.userId);
    return next({ ctx: {} });
  };
}

/** A browser sends the origin with every POST. A request without one, or with another, does not come from our pages. */
export async function assertOwnOrigin(): Promise<void> {
  const origin = (await headers()).get("origin");
  if (origin !== new URL(env.LATCHKEY_URL).origin) throw new AppError("FORBIDDEN", "a request of another origin");
}

const nameOf = (metadata: Metadata | undefined): string => metadata?.name ?? "unnamed action";
