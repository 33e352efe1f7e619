import type { Context, Hono } from "hono";
import type { ApiEnvironment } from "@/lib/api/replies";
import { identityUrl } from "@/lib/api/openstack/errors";
import { IDENTITY_PATH } from "@/lib/api/paths";
import { env } from "@/lib/platform/env";

/** The version of the Identity API whose form the endpoint has, and when OpenStack published this version. */
const VERSION = "v3.14";
const PUBLISHED = "2020-04-07T00:00:00Z";

/** The documents with which OpenStack's clients find out which version of the Identity API is where. */
export function addVersionDocuments(api: Hono<ApiEnvironment>): void {
  api.get("/", (context) => context.json({ versions: { values: [composeVersion(identityUrl())] } }, 300));
  const tell = (context: Context<ApiEnvironment>, url: string) => context.json({ version: composeVersion(url) }, 200);
  api.get("/v3", (context) => tell(context, identityUrl()));
  api.get("/regions/:region/v3", (context) => tell(context, regionUrl(context.req.param("region"))));
}

/** The address of the endpoint of one region. */
export function regionUrl(region: string): string {
  return `${env.LATCHKEY_URL}${IDENTITY_PATH}/regions/${encodeURIComponent(region)}/v3`;
}

function composeVersion(url: string) {
  return {
    id: VERSION,
    status: "stable",
    updated: PUBLISHED,
    links: [{ rel: "self", href: `${url}/` }],
    "media-types": [{ base: "application/json", type: "application/vnd.openstack.identity-v3+json" }],
  };
}
