import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Refusal, REFUSALS } from "@/lib/access-keys/schema";
import type { ApiOperation } from "@/lib/gate/api";
import { auditRefusal, explainError, type GateContext } from "@/lib/gate/refusals";
import type { Actor, ProjectScope } from "@/lib/gate/scope";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";
import { describePath } from "@/lib/platform/net/described-path";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";

export interface ApiEnvironment {
  Variables: { requestId: string; actor?: Actor; scope?: ProjectScope; operation?: ApiOperation };
}

/** The parts of a request that a reply needs. */
export type ApiContext = Pick<Context<ApiEnvironment>, "var" | "req" | "json" | "header">;

export const errorSchema = z
  .strictObject({
    error: z.strictObject({
      code: z.string(),
      /** Why the rules refused the change, if they did. */
      reason: z.enum(REFUSALS).optional(),
      /** What happened, whether anything changed, what works now. */
      message: z.string(),
      retryAfterSeconds: z.number().optional(),
    }),
  })
  .openapi("Error");

/**
 * Refusals that come from the storage system. All others mean that the key is in another state than the caller expects.
 */
const BAD_GATEWAY: readonly Refusal[] = [
  "storage-refused",
  "storage-failed",
  "storage-unsettled",
  "storage-unreachable",
];

/** Answers a refusal by the rules, and audits it like a refusal of the gate. */
export async function replyWithRefusal(context: ApiContext, { reason, message }: { reason: Refusal; message: string }) {
  await auditRefusal("action.refused", reason, nameOf(context), knownOf(context));
  const code = reason === "reason-required" ? "BAD_INPUT" : BAD_GATEWAY.includes(reason) ? "STORAGE" : "CONFLICT";
  const status = { BAD_INPUT: 400, CONFLICT: 409, STORAGE: 502 } as const;
  return context.json({ error: { code, reason, message } }, status[code]);
}

/** Answers an error, and audits it. */
export async function replyWithError(thrown: unknown, context: ApiContext) {
  const error = thrown instanceof HTTPException && thrown.status < 500 ? asBadInput(thrown) : nameUnavailable(thrown);
  const told = await explainError(error, nameOf(context), knownOf(context));
  context.header("cache-control", "no-store");
  if (told.code === "UNAUTHENTICATED") context.header("www-authenticate", "Bearer");
  if (told.retryAfterSeconds) context.header("retry-after", String(told.retryAfterSeconds));
  const status = (error instanceof AppError ? error.status : 500) as ContentfulStatusCode;
  return context.json({ error: told }, status);
}

/** Refuses input that does not fit its schema. Names the fields, unknown ones too, and quotes no value. */
export function refuseInput(
  result: { success: true } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } },
): void {
  if (result.success) return;
  const lines = result.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new AppError("BAD_INPUT", "input that does not fit", {
    userMessage: `${lines.join("; ")}. Nothing was changed.`,
  });
}

/** The error for a request that the framework refuses, such as a body that is not JSON. */
function asBadInput(thrown: HTTPException): AppError {
  return new AppError("BAD_INPUT", `refused by the framework: ${thrown.status}`, {
    userMessage: "The body is not JSON. Nothing was changed.",
  });
}

/** What is known of the request by now. */
function knownOf({ var: known, req }: ApiContext): GateContext {
  const { method, path } = req;
  const address = req.header(CLIENT_ADDRESS_HEADER);
  return { ...known, request: { method, path: describePath(path), address } };
}

const nameOf = (context: ApiContext): string => context.var.operation?.name ?? "API";
