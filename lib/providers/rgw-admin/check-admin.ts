import type { z } from "zod";
import { assertClock, CLOCK_STEP } from "@/lib/providers/clock-skew";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, readBody, toFailure } from "@/lib/providers/rgw-admin/admin-ops";
import { userReplySchema } from "@/lib/providers/rgw-admin/replies";
import { runStep } from "@/lib/providers/steps";

/** A capability by Ceph's name, and the access that is needed. */
export type Capability = readonly [type: string, need: "read" | "write"];

/**
 * Checks the address, the credential, the clock and the needed capabilities, and returns the user that the admin's key
 * belongs to, with the header Server of the answer. Throws a `ProviderError` whose message tells an admin which of them is wrong.
 */
export async function checkAdmin(
  access: AdminAccess,
  needed: readonly Capability[],
  context: CallContext,
): Promise<z.infer<typeof userReplySchema> & { server: string | undefined }> {
  const { href } = new URL(access.adminPath, access.adminUrl);
  const answer = await runStep(
    context,
    {
      step: "address",
      passed: `the Admin Ops API answers at ${href}`,
      remedy: "check the address and the path of the admin API, and that the portal's machine reaches it",
    },
    async () => {
      const answered = await callAdminOps(access, "GET", "user", { "access-key": access.accessKeyId }, context);
      if (answered.status !== 404 && (answered.status === 200 || codeOf(answered) !== undefined)) return answered;
      throw new ProviderError("invalid", `no Admin Ops API answers at ${href}`);
    },
  );
  // radosgw looks at the time of a signature before its secret.
  await runStep(context, CLOCK_STEP, () => {
    if (codeOf(answer) === "RequestTimeTooSkewed") throw toFailure(answer);
    assertClock(answer.aheadMs ?? 0);
  });
  const user = await runStep(
    context,
    {
      step: "credentials",
      passed: ({ user_id: uid }) => `the access key is one of the user ${uid}`,
      remedy: "give the access key and the secret key of the admin user: radosgw-admin user info shows them",
    },
    () => readBody(userReplySchema)(answer),
  );
  await runStep(
    context,
    {
      step: "rights",
      passed: `the user has the capabilities ${needed.map(nameOf).join(", ")}`,
      remedy: `run radosgw-admin caps add --uid=${user.user_id} --caps='${needed.map(nameOf).join(";")}'`,
    },
    () => {
      const missing = needed.filter(
        ([type, need]) => !user.caps.some((cap) => cap.type === type && allows(cap.perm, need)),
      );
      if (missing.length === 0) return;
      const named = missing.map(nameOf).join(", ");
      throw new ProviderError("denied", `the admin user ${user.user_id} lacks the capabilities ${named}`);
    },
  );
  return { ...user, server: answer.server };
}

const nameOf = ([type, need]: Capability): string => `${type}=${need}`;

/** `*`, `read`, `write` or `read, write`. */
function allows(perm: string, need: string): boolean {
  const parts = perm.split(",").map((part) => part.trim());
  return parts.includes("*") || parts.includes(need);
}
