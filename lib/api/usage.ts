import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admit } from "@/lib/api/admit";
import type { ApiEnvironment } from "@/lib/api/replies";
import { ERRORS, json, nextSchema, projectSchema } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { listBuckets, loadHistory, loadUsage } from "@/lib/usage/loaders";
import { bucketQuery, HISTORY_RANGES } from "@/lib/usage/schema";

const READ: ApiOperation = { name: "Read usage", permission: "storage:read" };
const LIST: ApiOperation = { name: "List buckets", permission: "storage:read" };

const bytesSchema = z.string().openapi({ description: "A decimal integer: it may exceed 2^53.", example: "1048576" });
const storedSchema = z.strictObject({ buckets: z.int(), objects: z.int(), bytes: bytesSchema });

export const regionUsageSchema = z
  .strictObject({
    region: z.string(),
    figures: storedSchema
      .extend({
        quotaBytes: bytesSchema.nullable().openapi({ description: "Null: no limit, or none is told." }),
        quotaObjects: z.int().nullable(),
        asOf: z.iso.datetime().openapi({ description: "When the storage system told the figures." }),
      })
      .nullable()
      .openapi({ description: "Null: not told yet." }),
    failingSince: z.iso.datetime().nullable().openapi({ description: "Since when the storage system tells none." }),
    tellsUsage: z.boolean().openapi({ description: "Whether the storage system, as it is set up, can tell figures." }),
  })
  .openapi("RegionUsage");
const usageSchema = z.strictObject({ regions: z.array(regionUsageSchema) }).openapi("Usage");

export const pointSchema = storedSchema.extend({ at: z.iso.datetime(), region: z.string() }).openapi("UsagePoint");
const historySchema = z.strictObject({ points: z.array(pointSchema) }).openapi("UsageHistory");

export const bucketSchema = z
  .strictObject({
    region: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    objects: z.int(),
    bytes: bytesSchema,
  })
  .openapi("Bucket");
const bucketsSchema = z.strictObject({ buckets: z.array(bucketSchema), next: nextSchema }).openapi("Buckets");

/** The routes that read what a project stores. None of them waits for a storage system. */
export function addUsageRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const usageRoute = createRoute({
    summary: "What a project stores in each region",
    description:
      "The last figures that the storage systems told. Older ones than a minute are collected anew meanwhile.",
    request: { params: projectSchema },
    method: "get",
    path: "/projects/{project}/usage",
    middleware: admit(READ),
    responses: { 200: json("The figures, by region.", usageSchema), ...ERRORS },
  });
  api.openapi(usageRoute, async (context) => context.json({ regions: await loadUsage(context.var.scope) }, 200));
  const historyRoute = createRoute({
    summary: "What a project stored over time",
    description: "Some 120 points for each region at most.",
    request: { params: projectSchema, query: z.strictObject({ range: z.enum(HISTORY_RANGES).default("30d") }) },
    method: "get",
    path: "/projects/{project}/usage/history",
    middleware: admit(READ),
    responses: { 200: json("The points, oldest first.", historySchema), ...ERRORS },
  });
  api.openapi(historyRoute, async (context) => {
    const { range } = context.req.valid("query");
    return context.json({ points: await loadHistory(context.var.scope, range) }, 200);
  });
  const bucketsRoute = createRoute({
    summary: "The buckets of a project",
    description: "As the storage systems listed them last. The cursor fits the sort that it came with.",
    request: { params: projectSchema, query: bucketQuery },
    method: "get",
    path: "/projects/{project}/buckets",
    middleware: admit(LIST),
    responses: { 200: json("A page of the buckets.", bucketsSchema), ...ERRORS },
  });
  api.openapi(bucketsRoute, async (context) => {
    const { rows, next } = await listBuckets(context.var.scope, context.req.valid("query"));
    return context.json({ buckets: rows, next }, 200);
  });
}
