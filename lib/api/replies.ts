import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { DryRunOutput, Refusal } from "@/lib/access-keys/schema";
import { composeProblem, PROBLEM_TYPE, type ProblemCode, PROBLEMS, type Reason } from "@/lib/api/problems";
import type { ApiOperation } from "@/lib/gate/api";
import { type LimitStanding, RateLimitError } from "@/lib/gate/rate-limit";
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

const AS_PROBLEM = { "content-type": PROBLEM_TYPE };

/**
 * Refusals that come from the storage system. All others mean that the key is in another state than the caller expects.
 */
const BAD_GATEWAY: readonly Refusal[] = [
  "storage-refused",
  "storage-failed",
  "storage-unsettled",
  "storage-unreachable",
];

/** Tells a program how its limit stands. */
export function tellLimit({ header }: Pick<ApiContext, "header">, standing: LimitStanding): void {
  header("ratelimit-limit", String(standing.limit));
  header("ratelimit-remaining", String(standing.remaining));
  header("ratelimit-reset", String(standing.resetSeconds));
}

/** Answers a refusal by the rules, and audits it like a refusal of the gate. */
export async function replyWithRefusal(context: ApiContext, refusal: { reason: Refusal; message: string }) {
  return replyWithReason(context, codeOfRefusal(refusal.reason), refusal);
}

/** The same with a code that the caller knows. */
export async function replyWithReason<Code extends "BAD_INPUT" | "STORAGE" | "CONFLICT">(
  context: ApiContext,
  code: Code,
  { reason, message }: { reason: Reason; message: string },
) {
  await auditRefusal("action.refused", reason, nameOf(context), knownOf(context));
  const status: (typeof PROBLEMS)[Code]["status"] = PROBLEMS[code].status;
  return context.json(composeProblem(code, message, { reason }), status, AS_PROBLEM);
}

/** The code of a refusal by the rules. */
export function codeOfRefusal(reason: Refusal): "BAD_INPUT" | "STORAGE" | "CONFLICT" {
  if (reason === "reason-required") return "BAD_INPUT";
  return BAD_GATEWAY.includes(reason) ? "STORAGE" : "CONFLICT";
}

/** Answers a dry run: what would be, or the refusal. */
export async function replyToDryRun(context: ApiContext, outcome: DryRunOutput) {
  if (!outcome.ok) return replyWithRefusal(context, outcome);
  return context.json({ dryRun: true as const, wouldBe: outcome.wouldBe }, 200);
}

/** Answers an error, and audits it. */
export async function replyWithError(thrown: unknown, context: ApiContext) {
  const framework = explainFramework(thrown);
  const error = framework ? refuseBody(framework.why) : nameUnavailable(thrown);
  const { message, code: general, ...more } = await explainError(error, nameOf(context), knownOf(context));
  const code = framework?.code ?? general;
  context.header("cache-control", "no-store");
  if (code === "UNAUTHENTICATED") context.header("www-authenticate", "Bearer");
  if (error instanceof RateLimitError) tellLimit(context, error.standing);
  if (more.retryAfterSeconds) context.header("retry-after", String(more.retryAfterSeconds));
  return context.json(composeProblem(code, message, more), PROBLEMS[code].status, AS_PROBLEM);
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

/** What the framework refuses by itself, by its status: bodies that it cannot read. */
const FRAMEWORK: Record<number, { code: ProblemCode; why: string }> = {
  400: { code: "BAD_INPUT", why: "The body is not JSON" },
  413: { code: "BODY_TOO_LONG", why: "The body is too long" },
  415: { code: "WRONG_CONTENT_TYPE", why: "Send the body as JSON, with Content-Type: application/json" },
};

/** Why the framework refused a body; undefined for every other error. */
export function explainFramework(thrown: unknown): { code: ProblemCode; why: string } | undefined {
  const known = thrown instanceof HTTPException ? FRAMEWORK[thrown.status] : undefined;
  return known && thrown instanceof HTTPException && thrown.status === 413 ? { ...known, why: thrown.message } : known;
}

/** The error for a body that is not read. */
export function refuseBody(why: string): AppError {
  return new AppError("BAD_INPUT", why, { userMessage: `${why}. Nothing was changed.` });
}

/** What is known of the request by now. */
export function knownOf({ var: known, req }: ApiContext): GateContext {
  const { method, path } = req;
  const address = req.header(CLIENT_ADDRESS_HEADER);
  return { ...known, request: { method, path: describePath(path), address } };
}

/** What the audit log calls the operation of a request. */
export const nameOf = (context: ApiContext): string => context.var.operation?.name ?? "API";
