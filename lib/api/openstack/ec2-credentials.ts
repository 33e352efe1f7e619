import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import { commitBeforeReply } from "@/lib/access-keys/issue/deliver";
import { issueFurtherKey } from "@/lib/access-keys/issue/issue-further-key";
import { retireKey } from "@/lib/access-keys/lifecycle/retire";
import { findHeldKey, type HeldKey, listHeldKeys } from "@/lib/access-keys/loaders/held-keys";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { admit, readInput } from "@/lib/api/openstack/admit";
import { regionUrl } from "@/lib/api/openstack/documents";
import { replyWithIdentityRefusal } from "@/lib/api/openstack/errors";
import { createCredentialSchema } from "@/lib/api/openstack/schema";
import type { ApiEnvironment } from "@/lib/api/replies";
import type { ApiOperation } from "@/lib/gate/api";
import { CHANGES } from "@/lib/gate/rate-limit";
import type { ProjectScope } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";

const READ: ApiOperation = { name: "Read access keys", permission: "keys:read" };
const ENABLE: ApiOperation = { name: "Enable CLI Access", permission: "keys:issue", limit: CHANGES };
const DISABLE: ApiOperation = { name: "Disable Access", permission: "keys:disable", limit: CHANGES };

/** Keys beside the default one are called `openstack-1`, `openstack-2` and so on. */
const NAME_PREFIX = "openstack";

/** The routes of `openstack ec2 credentials`. They call the same functions as the API and the pages. */
export function addEc2CredentialRoutes(api: Hono<ApiEnvironment>, at: string): void {
  const path = `${at}/users/:user/credentials/OS-EC2`;
  api.post(path, admit(ENABLE), async (context) => {
    const { scope, region } = context.var;
    const { tenant_id: project } = await readInput(context, createCredentialSchema);
    if (project !== scope.projectId && project !== scope.slug) throw otherProject();
    const key = { access: "FULL" as const, expiresAt: null, overlapSeconds: null, requestId: randomUUID() };
    const issued = await issueFurtherKey({ scope, region, ...key }, NAME_PREFIX, commitBeforeReply);
    if (!issued.ok) return replyWithIdentityRefusal(context, issued);
    // Nobody else knows the request id, so the change was not made before.
    if (issued.outcome !== "issued") throw new Error("a new request was carried out before");
    void startRevocation(issued.revoking);
    const { accessKeyId } = issued.change;
    const made = { accessKeyId, createdById: scope.actor.userId };
    return context.json({ credential: composeCredential(scope, region, made, issued.secret.reveal()) }, 201);
  });
  api.get(path, admit(READ), async (context) => {
    const { scope, region } = context.var;
    const keys = await listHeldKeys(scope, region);
    const credentials = keys.map((key) => composeCredential(scope, region, key));
    return context.json({ credentials, links: { next: null, previous: null } }, 200);
  });
  api.get(`${path}/:access`, admit(READ), async (context) => {
    const { scope, region } = context.var;
    const key = await findHeldKey(scope, region, context.req.param("access") ?? "");
    return context.json({ credential: composeCredential(scope, region, key) }, 200);
  });
  api.delete(`${path}/:access`, admit(DISABLE), async (context) => {
    const { scope, region } = context.var;
    const { accessKeyId, slot, state } = await findHeldKey(scope, region, context.req.param("access") ?? "");
    const change = { scope, region, slot, requestId: randomUUID() };
    const ended =
      state === "RETIRING"
        ? await retireKey({ ...change, accessKeyId, keepSeconds: null })
        : await disableAccess({ ...change, onlyKey: accessKeyId });
    if (!ended.ok) return replyWithIdentityRefusal(context, ended);
    if ("revoking" in ended) void startRevocation(ended.revoking ?? []);
    return context.body(null, 204);
  });
}

/** A key in the form of Keystone. The secret is there once, in the reply that makes the key; later it is null. */
function composeCredential(
  { projectId, actor }: ProjectScope,
  region: string,
  { accessKeyId, createdById }: Pick<HeldKey, "accessKeyId" | "createdById">,
  secret: string | null = null,
) {
  const self = `${regionUrl(region)}/users/${actor.userId}/credentials/OS-EC2/${accessKeyId}`;
  return { access: accessKeyId, secret, tenant_id: projectId, user_id: createdById, trust_id: null, links: { self } };
}

function otherProject(): AppError {
  const userMessage =
    "The token is for another project. Nothing was changed; set OS_PROJECT_NAME in place of --project.";
  return new AppError("FORBIDDEN", "another project", { userMessage });
}
