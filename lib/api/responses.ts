import { z } from "@hono/zod-openapi";
import { errorSchema } from "@/lib/api/replies";
import { slugSchema } from "@/lib/platform/text/slug";

export const projectSchema = z.object({ project: slugSchema });
export const placeSchema = z.object({ project: slugSchema, region: slugSchema });
/** Where a page of a list begins. Opaque: it comes from the answer before. */
export const cursorSchema = z.string().max(200).optional().openapi({ description: "The next of the answer before." });
export const nextSchema = z
  .string()
  .nullable()
  .openapi({ description: "The cursor of the next page; null on the last." });
/** What stands in the path, and so not in the body. */
export const PLACE = { project: true, region: true } as const;
/** The path of the access of a project in a region. */
export const AT = "/projects/{project}/regions/{region}";

/** A body in JSON, as an answer. */
export const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

/** A body in JSON that a request must have. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
});

/** The answers that every operation may give. */
export const ERRORS = {
  400: json("The input does not fit.", errorSchema),
  401: json("No token that stands for anybody.", errorSchema),
  403: json("The token may only read.", errorSchema),
  404: json("Not there, or not for the caller.", errorSchema),
  409: json("The rules refuse it as things stand.", errorSchema),
  429: json("Too many changes in a short time.", errorSchema),
  500: json("Something went wrong in the portal.", errorSchema),
  502: json("The storage system did not do it.", errorSchema),
  503: json("A part of the portal does not answer.", errorSchema),
};
