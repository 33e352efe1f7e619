import "server-only";
import { recordEvent } from "@/lib/audit/record";
import type { Permission } from "@/lib/gate/permissions";
import { consumeRateLimit, PAGE_REFUSALS } from "@/lib/gate/rate-limit";
import type { Actor, ProjectScope } from "@/lib/gate/scope";
import { boundLog } from "@/lib/platform/bounded-log";
import { AppError, type AppErrorCode } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { networkOf } from "@/lib/platform/net/client-network";
import { withTransaction } from "@/lib/platform/db/transaction";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { slugSchema } from "@/lib/platform/text/slug";

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

/** The reply to a caller whose request was refused or failed. */
export interface GateError {
  code: AppErrorCode;
  message: string;
  retryAfterSeconds?: number;
}

/** What is known of a request when it is refused or fails. */
export interface GateContext {
  requestId?: string;
  actor?: Actor;
  scope?: ProjectScope;
  /** What the log says of the request besides. Nothing secret: no query, no header, no body. */
  request?: { method: string; path: string; address?: string | undefined };
}

const logInfo = (facts: object, message: string): void => logger.info(facts, message);
/** A stranger can send as much as the stranger likes. */
const logStranger = boundLog(logInfo);

/** Turns any error into the reply that the caller may read, and audits it. */
export async function explainError(thrown: unknown, action: string, context: GateContext): Promise<GateError> {
  const error = nameUnavailable(thrown);
  const code: AppErrorCode = error instanceof AppError ? error.code : "INTERNAL";
  const broken = code === "INTERNAL" || code === "UNAVAILABLE";
  if (broken) logger.error({ err: error, action }, "action failed");
  await auditRefusal(broken ? "action.failed" : "action.refused", code, action, context);
  const known = error instanceof AppError ? error : undefined;
  return {
    code,
    message: known?.userMessage || SENTENCES[code],
    ...(known?.retryAfterSeconds ? { retryAfterSeconds: known.retryAfterSeconds } : {}),
  };
}

/** Audits that the gate or a rule refused a request. A caller who is not known leaves a line in the log only. */
export async function auditRefusal(
  event: "action.refused" | "action.failed",
  code: string,
  action: string,
  { actor, scope, requestId, request }: GateContext,
): Promise<void> {
  const facts = { action, code, requestId, ...request };
  if (!actor) return logStranger(networkOf(request?.address ?? ""), facts, event);
  logInfo(facts, event);
  const { userId, name, address, via } = actor;
  await withTransaction((tx) =>
    recordEvent(tx, {
      event,
      outcome: event === "action.refused" ? "refused" : "failed",
      actor: { userId, name, address, via },
      projectId: scope?.projectId,
      requestId,
      data: { action, code },
    }),
  ).catch((cause: unknown) => logger.error({ err: cause, ...facts }, "the refusal could not be audited"));
}

/**
 * Audits that a person may not see a page. A person who is refused again and again leaves lines in the log, and no more
 * than the limit in the audit log.
 */
export async function auditPageRefusal(actor: Actor, permission: Permission, slug?: string): Promise<void> {
  const project = slugSchema.safeParse(slug).data;
  const data = { permission, ...(project ? { project } : {}) };
  logger.info({ ...data, userId: actor.userId }, "page.refused");
  const { userId, name, address, via } = actor;
  try {
    await consumeRateLimit("page-refusals", PAGE_REFUSALS, userId);
    await withTransaction((tx) =>
      recordEvent(tx, { event: "page.refused", outcome: "refused", actor: { userId, name, address, via }, data }),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === "RATE_LIMITED") return;
    logger.error({ err: error, ...data }, "the refusal could not be audited");
  }
}

/** The reason of an outcome that is a refusal; undefined for every other outcome. */
export function readRefusal(outcome: unknown): string | undefined {
  if (typeof outcome !== "object" || outcome === null || !("ok" in outcome) || outcome.ok !== false) return undefined;
  return "reason" in outcome ? String(outcome.reason) : "REFUSED";
}
