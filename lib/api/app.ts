import { randomUUID } from "node:crypto";
import { OpenAPIHono } from "@hono/zod-openapi";
import { addAccessKeyRoutes } from "@/lib/api/access-keys";
import { addAdminOperationRoutes } from "@/lib/api/admin-operations";
import { addAdminProjectRoutes } from "@/lib/api/admin-projects";
import { addAdminUserRoutes } from "@/lib/api/admin-users";
import { addAuditRoutes } from "@/lib/api/audit";
import { addBulkRevocationRoutes } from "@/lib/api/bulk-revocations";
import { addConnectRoute } from "@/lib/api/connect";
import type { ApiDocument } from "@/lib/api/document";
import { addKeyRoutes } from "@/lib/api/keys";
import { addMemberRoutes } from "@/lib/api/members";
import { API_PATH } from "@/lib/api/paths";
import { addRegionRoutes } from "@/lib/api/regions";
import { addProjectRoutes } from "@/lib/api/projects";
import { addSupportRoutes } from "@/lib/api/support";
import { addTokenRoutes } from "@/lib/api/tokens";
import { addUsageRoutes } from "@/lib/api/usage";
import { type ApiEnvironment, refuseInput, replyWithError } from "@/lib/api/replies";
import { AppError } from "@/lib/platform/errors";
import { VERSION } from "@/lib/platform/config/version";

const TOKEN = "A person's token, in the Authorization header. A token in a query or in a cookie is not read.";

const DESCRIPTION = {
  openapi: "3.1.0",
  info: {
    title: "Latchkey",
    version: VERSION,
    description:
      "Access keys and members of the projects of an object storage. A secret is in the reply that makes a key, and nowhere else.",
  },
  security: [{ token: [] }],
};

/**
 * The public REST API, for programs with a person's token. It reads no cookie, so that no other site can make a browser
 * call it. Every operation passes the gate, and no cache may keep a reply.
 */
export function createApi(): OpenAPIHono<ApiEnvironment> {
  const api = new OpenAPIHono<ApiEnvironment>({ defaultHook: refuseInput }).basePath(API_PATH);
  api.onError(replyWithError);
  api.notFound((context) => replyWithError(new AppError("NOT_FOUND", "no such path"), context));
  api.use(async (context, next) => {
    context.set("requestId", randomUUID());
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
    await next();
  });
  api.doc31("/openapi.json", DESCRIPTION);
  api.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: TOKEN,
  });
  addTokenRoutes(api);
  addProjectRoutes(api);
  addMemberRoutes(api);
  addRegionRoutes(api);
  addUsageRoutes(api);
  addKeyRoutes(api);
  addSupportRoutes(api);
  addBulkRevocationRoutes(api);
  addAccessKeyRoutes(api);
  addConnectRoute(api);
  addAuditRoutes(api);
  addAdminProjectRoutes(api);
  addAdminUserRoutes(api);
  addAdminOperationRoutes(api);
  return api;
}

/** The whole API as an OpenAPI document. */
export function describeApi(api: OpenAPIHono<ApiEnvironment>): ApiDocument {
  return api.getOpenAPI31Document(DESCRIPTION) as unknown as ApiDocument;
}
