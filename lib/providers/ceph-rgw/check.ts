import { warnOfRelease } from "@/lib/providers/ceph-rgw/advisories";
import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey } from "@/lib/providers/probe-answers";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, CheckResult, Gateway } from "@/lib/providers/provider";
import type { AdminAccess } from "@/lib/providers/rgw-admin/admin-ops";
import { checkAdmin } from "@/lib/providers/rgw-admin/check-admin";
import { gatewayStep, reportWarnings, runStep } from "@/lib/providers/steps";

/** The capabilities, by Ceph's names, that the driver's requests need. */
const NEEDED = [
  ["users", "read"],
  ["users", "write"],
  ["buckets", "read"],
  ["usage", "read"],
] as const;

/**
 * Checks the address, the credential, the capabilities, the clock and the gateways. Throws a `ProviderError` whose
 * message tells an admin which of them is wrong. The findings say whether this version of Ceph can deactivate a key.
 */
export async function checkCephRgw(
  access: AdminAccess & { cephRelease?: string | undefined },
  gateways: Gateway[],
  context: CallContext,
): Promise<CheckResult> {
  const user = await checkAdmin(access, NEEDED, context);
  await Promise.all(
    gateways.map((gateway) => runStep(context, gatewayStep(gateway), () => checkGateway(access, gateway, context))),
  );
  const warnings = warnOfRelease(access.cephRelease, user.server);
  reportWarnings(context, "version", warnings, "no known vulnerability is open there");
  const own = user.keys.find((key) => key.access_key === access.accessKeyId);
  return { findings: { deactivate: own?.active === undefined ? "none" : "key" }, warnings };
}

/** A gateway that does not accept the admin's key belongs to another Ceph. */
async function checkGateway(access: AdminAccess, gateway: Gateway, context: CallContext): Promise<void> {
  if (acceptsKey(await probeS3(gateway, access.signingRegion, access.accessKeyId, access.secretAccessKey, context)))
    return;
  throw new ProviderError("invalid", `${gateway.name} at ${gateway.endpoint} does not know the users of this Ceph`);
}
