import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey } from "@/lib/providers/probe-answers";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, CheckResult, Gateway } from "@/lib/providers/provider";
import type { AdminAccess } from "@/lib/providers/rgw-admin/admin-ops";
import { checkAdmin } from "@/lib/providers/rgw-admin/check-admin";

/** What the driver calls, by Ceph's names of capabilities. */
const NEEDED = [
  ["users", "read"],
  ["users", "write"],
  ["buckets", "read"],
  ["usage", "read"],
] as const;

/**
 * Throws, in words for an admin, what is wrong: the address, the credential, a capability, a clock, or a gateway.
 * Gives what this version of Ceph can do.
 */
export async function checkCephRgw(
  access: AdminAccess,
  gateways: Gateway[],
  context: CallContext,
): Promise<CheckResult> {
  const user = await checkAdmin(access, NEEDED, context);
  await Promise.all(gateways.map((gateway) => checkGateway(access, gateway, context)));
  const own = user.keys.find((key) => key.access_key === access.accessKeyId);
  return { findings: { deactivate: own?.active === undefined ? "none" : "key" }, warnings: [] };
}

/** A gateway must know the admin's own pair, or it belongs to another Ceph. */
async function checkGateway(access: AdminAccess, gateway: Gateway, context: CallContext): Promise<void> {
  if (acceptsKey(await probeS3(gateway, access.signingRegion, access.accessKeyId, access.secretAccessKey, context)))
    return;
  throw new ProviderError("invalid", `${gateway.name} at ${gateway.endpoint} does not know the users of this Ceph`);
}
