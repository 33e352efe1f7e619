import { z } from "@hono/zod-openapi";
import { wouldBeSchema } from "@/lib/access-keys/schema";
import { changeHeadersSchema } from "@/lib/api/idempotency";
import { PROBLEM_TYPE, PROBLEMS, problemSchema } from "@/lib/api/problems";
import { slugSchema } from "@/lib/platform/text/slug";

export const projectSchema = z.object({ project: slugSchema });
export const placeSchema = z.object({ project: slugSchema, region: slugSchema });
/** Where a page of a list begins. Opaque: it comes from the answer before. */
export const cursorSchema = z.string().max(200).optional().openapi({ description: "The next of the answer before." });
export const nextSchema = z
  .string()
  .nullable()
  .openapi({ description: "The cursor of the next page; null on the last." });
/** The path of the access of a project in a region. */
export const AT = "/projects/{project}/regions/{region}";

/** A body in JSON, as an answer. */
export const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

const limitHeadersSchema = z.object({
  "RateLimit-Limit": z.string().openapi({ description: "How many points the limit has." }),
  "RateLimit-Remaining": z.string().openapi({ description: "How many points are left." }),
  "RateLimit-Reset": z.string().openapi({ description: "The seconds until all points are back." }),
});
const retryHeadersSchema = limitHeadersSchema.extend({
  "Retry-After": z.string().openapi({ description: "The seconds to wait." }),
});

/** The same, as an answer to a change, which has a limit. */
export const limitedJson = <T extends z.ZodType>(description: string, schema: T) => ({
  ...json(description, schema),
  headers: limitHeadersSchema,
});

/** The answer to a dry run. */
export const dryRunSchema = z.strictObject({ dryRun: z.literal(true), wouldBe: wouldBeSchema }).openapi("DryRun");

/** A body in JSON that a request must have. */
export const requestBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
});

/** What every change of the access of a project in a region takes. */
export const changeRequest = <T extends z.ZodType>(schema: T) => ({
  params: placeSchema,
  headers: changeHeadersSchema,
  body: requestBody(schema),
});

const problem = <Status extends number>(
  { status, title }: { status: Status; title: string },
  headers?: z.ZodObject,
) => {
  const content = { [PROBLEM_TYPE]: { schema: problemSchema } };
  const answer = { description: `${title}.`, content, ...(headers ? { headers } : {}) };
  return { [status]: answer } as Record<Status, typeof answer>;
};

/** The refusals that every operation may give. */
export const ERRORS = {
  ...problem(PROBLEMS.BAD_INPUT),
  ...problem(PROBLEMS.UNAUTHENTICATED),
  ...problem(PROBLEMS.FORBIDDEN),
  ...problem(PROBLEMS.NOT_FOUND),
  ...problem(PROBLEMS.RATE_LIMITED, retryHeadersSchema),
  ...problem(PROBLEMS.INTERNAL),
  ...problem(PROBLEMS.UNAVAILABLE),
};

/** The refusal by the rules. */
export const CONFLICT = problem(PROBLEMS.CONFLICT);

/** The refusals that every operation with a body may give. */
export const BODY_ERRORS = {
  ...ERRORS,
  ...CONFLICT,
  ...problem(PROBLEMS.BODY_TOO_LONG),
  ...problem(PROBLEMS.WRONG_CONTENT_TYPE),
};

/** The refusals that every change of a key may give. */
export const CHANGE_ERRORS = { ...BODY_ERRORS, ...problem(PROBLEMS.STORAGE) };
