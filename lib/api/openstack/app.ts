import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { refuseWithoutRegion } from "@/lib/api/openstack/admit";
import { addAuthTokenRoutes } from "@/lib/api/openstack/auth-tokens";
import { NO_REGION } from "@/lib/api/openstack/catalog";
import { addVersionDocuments } from "@/lib/api/openstack/documents";
import { addEc2CredentialRoutes } from "@/lib/api/openstack/ec2-credentials";
import { replyWithIdentityError } from "@/lib/api/openstack/errors";
import { addLookupRoutes } from "@/lib/api/openstack/lookups";
import { IDENTITY_PATH } from "@/lib/api/paths";
import type { ApiEnvironment } from "@/lib/api/replies";
import type { ApiOperation } from "@/lib/gate/api";
import { AppError } from "@/lib/platform/errors";

const WITHOUT_REGION: ApiOperation = { name: "Use OpenStack's client without a region", permission: "account:manage" };

/**
 * The OpenStack endpoint: as much of Keystone's Identity API as `openstack ec2 credentials` needs, once for the portal and
 * once for each region. It reads no cookie. Every operation passes the gate, and no cache may keep a reply.
 */
export function createIdentityApi(): Hono<ApiEnvironment> {
  const api = new Hono<ApiEnvironment>({ strict: false }).basePath(IDENTITY_PATH);
  api.onError(replyWithIdentityError);
  api.notFound((context) => replyWithIdentityError(new AppError("NOT_FOUND", "no such path"), context));
  api.use(async (context, next) => {
    context.set("requestId", randomUUID());
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
    await next();
  });
  addVersionDocuments(api);
  api.use(`/regions/${NO_REGION}/v3/*`, refuseWithoutRegion(WITHOUT_REGION));
  for (const at of ["/v3", "/regions/:region/v3"]) {
    addAuthTokenRoutes(api, at);
    addLookupRoutes(api, at);
    addEc2CredentialRoutes(api, at);
  }
  return api;
}
