import "server-only";
import { randomUUID } from "node:crypto";
import { cookies, headers } from "next/headers";
import { notFound } from "next/navigation";
import { createSafeActionClient, type ValidatedMiddlewareFn } from "next-safe-action";
import { z } from "zod";
import { type AuditEventName, EVENT_DATA } from "@/lib/audit/events";
import { recordEvent } from "@/lib/audit/record";
import { PERMISSIONS, type Permission } from "@/lib/gate/permissions";
import { ACTIONS_COARSE, takePoint } from "@/lib/gate/rate-limit";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { readActor } from "@/lib/gate/session";
import { db } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { AppError, type AppErrorCode } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";

const EVENTS = Object.keys(EVENT_DATA) as [AuditEventName, ...AuditEventName[]];

/** What every action must say about itself; leaving one out does not compile. */
const metadataSchema = z.strictObject({
  /** As people and the audit log call it. */
  name: z.string(),
  permission: z.enum(PERMISSIONS as [Permission, ...Permission[]]),
  /** The audit event that its mutation records. */
  event: z.enum(EVENTS),
  /** How often one person may do it. */
  limit: z.strictObject({ points: z.int().positive(), seconds: z.int().positive() }),
});

type Metadata = z.infer<typeof metadataSchema>;

/** What an action answers when it did not get to its outcome. */
export interface ActionError {
  code: AppErrorCode;
  message: string;
  retryAfterSeconds?: number;
}

const SENTENCES: Record<AppErrorCode, string> = {
  BAD_INPUT: "The request was not understood. Nothing was changed.",
  UNAUTHENTICATED: "You are signed out. Nothing was changed; sign in and try again.",
  FORBIDDEN: "You may not do this. Nothing was changed.",
  NOT_FOUND: "This is not there, or not for you. Nothing was changed.",
  CONFLICT: "Someone changed this at the same time. Reload the page to see how it stands.",
  RATE_LIMITED: "Too many changes in a short time. Nothing was changed.",
  UNAVAILABLE: "A part of the portal does not answer. Reload the page to see how it stands.",
  INTERNAL: "Something went wrong here. Reload the page to see how it stands.",
};

/**
 * The gate that every action passes, in this order: request id, origin, session, coarse limit, input, and with
 * `inProject` project, permission and fine limit. Refusals and failures are audited here.
 */
export const actionClient = createSafeActionClient({
  defineMetadataSchema: () => metadataSchema,
  defaultValidationErrorsShape: "flattened",
  async handleServerError(error, { metadata, ctx }): Promise<ActionError> {
    const code: AppErrorCode = error instanceof AppError ? error.code : "INTERNAL";
    const broken = code === "INTERNAL" || code === "UNAVAILABLE";
    if (broken) logger.error({ err: error, action: metadata?.name }, "action failed");
    await audit(broken ? "action.failed" : "action.refused", code, metadata, ctx as AuditContext);
    // The status too says that it is not there.
    if (code === "NOT_FOUND") notFound();
    return {
      code,
      message: (error instanceof AppError && error.userMessage) || SENTENCES[code],
      ...(error instanceof AppError && error.retryAfterSeconds ? { retryAfterSeconds: error.retryAfterSeconds } : {}),
    };
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
    await takePoint("actions", ACTIONS_COARSE, ctx.actor.userId);
    return next();
  })
  .use(async ({ next, ctx, metadata }) => {
    const result = await next();
    const code = result.validationErrors ? "BAD_INPUT" : readRefusal(result.data);
    if (code) await audit("action.refused", code, metadata, ctx);
    return result;
  });

interface GateContext {
  requestId: string;
  actor: Actor;
}

type Validated<Input, Added extends object> = ValidatedMiddlewareFn<
  ActionError,
  Metadata,
  GateContext,
  GateContext & Added,
  Input,
  Input,
  readonly [],
  readonly []
>;

/** For actions on a project: loads it by the input's `project` with the caller's role, checks permission and limit. */
export function inProject<Input extends { project: string }>(): Validated<Input, { scope: ProjectScope }> {
  return async ({ parsedInput, ctx, metadata, next }) => {
    const scope = await authorizeProject(ctx.actor, parsedInput.project, metadata.permission);
    await takePoint(metadata.name, metadata.limit, ctx.actor.userId);
    return next({ ctx: { scope } });
  };
}

/** For actions on one's own account: whoever is signed in may, within the limit. */
export function inOwnAccount<Input>(): Validated<Input, object> {
  return async ({ ctx, metadata, next }) => {
    await takePoint(metadata.name, metadata.limit, ctx.actor.userId);
    return next({ ctx: {} });
  };
}

/** A browser sends the origin with every POST; one from elsewhere, or none, is not ours. */
async function assertOwnOrigin(): Promise<void> {
  const origin = (await headers()).get("origin");
  if (origin !== new URL(env.LATCHKEY_URL).origin) throw new AppError("FORBIDDEN", "a request of another origin");
}

/** The reason of an outcome that an action returned as a refusal. */
function readRefusal(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("ok" in data) || data.ok !== false) return undefined;
  return "reason" in data ? String(data.reason) : "REFUSED";
}

interface AuditContext {
  actor?: Actor;
  scope?: ProjectScope;
  requestId?: string;
}

async function audit(
  event: "action.refused" | "action.failed",
  code: string,
  metadata: Metadata | undefined,
  ctx: AuditContext,
): Promise<void> {
  const action = metadata?.name ?? "unnamed action";
  const facts = { action, code, requestId: ctx.requestId };
  logger.info(facts, event);
  if (!ctx.actor) return;
  const { userId, name, address } = ctx.actor;
  await db
    .$transaction((tx) =>
      recordEvent(tx, {
        event,
        outcome: event === "action.refused" ? "refused" : "failed",
        actor: { userId, name, address },
        projectId: ctx.scope?.projectId,
        requestId: ctx.requestId,
        data: { action, code },
      }),
    )
    .catch((cause: unknown) => logger.error({ err: cause, ...facts }, "the refusal could not be audited"));
}
