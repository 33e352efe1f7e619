import { ALPHANUMERIC, randomText } from "@/lib/platform/random-text";
import { Secret } from "@/lib/platform/secret";
import { type AdminAccess, callAdminOps, codeOf, expectOk, toSkewFailure } from "@/lib/providers/rgw-admin/admin-ops";
import { userReplySchema } from "@/lib/providers/rgw-admin/replies";
import { ProviderError } from "@/lib/providers/errors";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, CheckResult, Gateway } from "@/lib/providers/provider";

/** radosgw refuses signatures from 15 minutes on; a third of that is time to set a clock right. Milliseconds. */
const SKEW_MAX_MS = 300_000;

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
export async function checkCephRgw(access: AdminAccess, gateways: Gateway[], context: CallContext): Promise<CheckResult> {
  const answer = await callAdminOps(access, "GET", "user", { "access-key": access.accessKeyId }, context);
  if (answer.status === 404 || (answer.status !== 200 && codeOf(answer) === undefined)) {
    throw new ProviderError("invalid", `no Admin Ops API answers at ${new URL(access.adminPath, access.adminUrl).href}`);
  }
  const user = expectOk(userReplySchema)(answer);
  if (Math.abs(answer.aheadMs ?? 0) > SKEW_MAX_MS) throw toSkewFailure(answer.aheadMs ?? 0);
  const missing = NEEDED.filter(([type, need]) => !user.caps.some((cap) => cap.type === type && allows(cap.perm, need)));
  if (missing.length > 0) {
    const named = missing.map(([type, need]) => `${type}=${need}`).join(", ");
    throw new ProviderError("denied", `the admin user ${user.user_id} lacks the capabilities ${named}`);
  }
  await Promise.all(gateways.map((gateway) => checkGateway(access, gateway, context)));
  const own = user.keys.find((key) => key.access_key === access.accessKeyId);
  return { findings: { deactivate: own?.active === undefined ? "none" : "key" }, warnings: [] };
}

/**
 * A gateway must know the admin's own pair, or it belongs to another Ceph, and must tell a wrong secret from an
 * unknown id: by that difference a removal is measured. One that asks Keystone before its own users answers both alike.
 */
async function checkGateway(access: AdminAccess, gateway: Gateway, context: CallContext): Promise<void> {
  const ask = (secret: Secret) => probeS3(gateway, access.signingRegion, access.accessKeyId, secret, context);
  if ((await ask(access.secretAccessKey)) !== "accepted") {
    throw new ProviderError("invalid", `${gateway.name} at ${gateway.endpoint} does not know the users of this Ceph`);
  }
  if ((await ask(new Secret(randomText(40, ALPHANUMERIC)))) !== "refused-secret") {
    const remedy = 'set rgw_s3_auth_order to "local, external" there';
    throw new ProviderError("invalid", `${gateway.name} answers alike to a wrong secret and an unknown key: ${remedy}`);
  }
}

/** `*`, `read`, `write` or `read, write`. */
function allows(perm: string, need: string): boolean {
  const parts = perm.split(",").map((part) => part.trim());
  return parts.includes("*") || parts.includes(need);
}
