import { z } from "@hono/zod-openapi";
import { REFUSALS } from "@/lib/access-keys/schema";
import { USER_REFUSALS } from "@/lib/managed-users/schema";
import { BULK_REFUSALS } from "@/lib/bulk-revocations/schema";
import { MEMBER_REFUSALS } from "@/lib/members/schema";
import { PROJECT_REFUSALS } from "@/lib/projects/rules";
import { REGION_REFUSALS } from "@/lib/regions/schema";
import { DOCS_PATH } from "@/lib/api/paths";
import { RETRY_REFUSALS } from "@/lib/unfinished-changes/rules";

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = "application/problem+json";

/** Every code that a problem may have, with its status and its title. Codes are stable: programs compare them. */
export const PROBLEMS = {
  BAD_INPUT: { status: 400, title: "The input does not fit" },
  UNAUTHENTICATED: { status: 401, title: "No token that stands for anybody" },
  FORBIDDEN: { status: 403, title: "Not allowed" },
  NOT_FOUND: { status: 404, title: "Not there, or not for the caller" },
  METHOD_NOT_ALLOWED: { status: 405, title: "The path does not answer this method" },
  BODY_TOO_SLOW: { status: 408, title: "The body did not come in time" },
  CONFLICT: { status: 409, title: "The rules refuse the change as things stand" },
  BODY_TOO_LONG: { status: 413, title: "The body is too long" },
  WRONG_CONTENT_TYPE: { status: 415, title: "The body is not sent as JSON" },
  RATE_LIMITED: { status: 429, title: "Too many requests in a short time" },
  INTERNAL: { status: 500, title: "Something went wrong in the portal" },
  STORAGE: { status: 502, title: "The storage system did not do it" },
  UNAVAILABLE: { status: 503, title: "A part of the portal does not answer" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
/** Why the rules refuse a change. Stable as the codes are. */
const REASONS = [
  ...new Set([
    ...REFUSALS,
    ...MEMBER_REFUSALS,
    ...PROJECT_REFUSALS,
    ...USER_REFUSALS,
    ...BULK_REFUSALS,
    ...RETRY_REFUSALS,
    ...REGION_REFUSALS,
  ]),
];
export type Reason = (typeof REASONS)[number];
const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export const problemSchema = z
  .strictObject({
    type: z.string().openapi({ description: "An address on the page of the API, one for each code." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What happened, whether anything changed, what works now." }),
    code: z.enum(CODES).openapi({ description: "Stable: compare this." }),
    reason: z.enum(REASONS).optional().openapi({ description: "Why the rules refused the change, if they did." }),
    retryAfterSeconds: z.number().optional(),
  })
  .openapi("Problem", {
    example: composeProblem("CONFLICT", "CLI access is not enabled here. Nothing was changed.", {
      reason: "not-enabled",
    }),
  });

/** The anchor of a code on the page of the API. */
export function anchorOf(code: ProblemCode): string {
  return code.toLowerCase().replaceAll("_", "-");
}

/** A refusal in the form of RFC 9457. */
export function composeProblem(
  code: ProblemCode,
  detail: string,
  more: { reason?: Reason; retryAfterSeconds?: number } = {},
) {
  const { status, title } = PROBLEMS[code];
  return { type: `${DOCS_PATH}#${anchorOf(code)}`, title, status, detail, code, ...more };
}

/** The code of a refusal that the web server gives before the API sees the request. */
export function codeOfStatus(status: number): ProblemCode {
  return CODES.find((code) => PROBLEMS[code].status === status) ?? "BAD_INPUT";
}
