import type { z } from "zod";
import { assertClock } from "@/lib/providers/clock-skew";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, readBody } from "@/lib/providers/rgw-admin/admin-ops";
import { userReplySchema } from "@/lib/providers/rgw-admin/replies";

/** A capability by Ceph's name, and the access that is needed. */
export type Capability = readonly [type: string, need: "read" | "write"];

/**
 * Checks the address, the credential, the clock and the needed capabilities, and returns the user that the admin's key
 * belongs to. Throws a `ProviderError` whose message tells an admin which of them is wrong.
 */
export async function checkAdmin(
  access: AdminAccess,
  needed: readonly Capability[],
  context: CallContext,
): Promise<z.infer<typeof userReplySchema>> {
  const answer = await callAdminOps(access, "GET", "user", { "access-key": access.accessKeyId }, context);
  if (answer.status === 404 || (answer.status !== 200 && codeOf(answer) === undefined)) {
    throw new ProviderError(
      "invalid",
      `no Admin Ops API answers at ${new URL(access.adminPath, access.adminUrl).href}`,
    );
  }
  const user = readBody(userReplySchema)(answer);
  assertClock(answer.aheadMs ?? 0);
  const missing = needed.filter(
    ([type, need]) => !user.caps.some((cap) => cap.type === type && allows(cap.perm, need)),
  );
  if (missing.length > 0) {
    const named = missing.map(([type, need]) => `${type}=${need}`).join(", ");
    throw new ProviderError("denied", `the admin user ${user.user_id} lacks the capabilities ${named}`);
  }
  return user;
}

/** `*`, `read`, `write` or `read, write`. */
function allows(perm: string, need: string): boolean {
  const parts = perm.split(",").map((part) => part.trim());
  return parts.includes("*") || parts.includes(need);
}
