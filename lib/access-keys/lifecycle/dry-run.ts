import "server-only";
import { type AdjustRequest, decideChange, PERMISSIONS } from "@/lib/access-keys/lifecycle/adjust";
import { describeRefusal, targetOf } from "@/lib/access-keys/rules";
import type { DryRunOutput } from "@/lib/access-keys/schema";
import { assertStillAllowed } from "@/lib/gate/scope";
import { decideWithoutLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";

/** Tells what `adjustKey` would do, and changes nothing. The storage system is not asked. */
export async function dryRunAdjustment(request: AdjustRequest): Promise<DryRunOutput> {
  const { scope, adjustment } = request;
  const region = await findRegion(request.region);
  let roles: string[] = [];
  const outcome = await decideWithoutLease({
    projectId: scope.projectId,
    regionId: region.id,
    authorize: async (tx) => {
      roles = await assertStillAllowed(tx, scope, PERMISSIONS[adjustment.kind]);
    },
    decide: (tx, found) => decideChange(tx, found, request, roles),
  });
  if (outcome.lease === "locked")
    return { ok: false, reason: "busy", message: describeRefusal("busy", { who: outcome.holder }) };
  const { decided } = outcome;
  if (decided.ok) {
    const { key, plan } = decided;
    const state = plan.event ? targetOf(plan.event) : key.state;
    return { ok: true, wouldBe: { outcome: "done", accessKeyIds: [key.accessKeyId], state } };
  }
  const { refused } = decided;
  return refused.ok ? { ok: true, wouldBe: { outcome: "already-done", accessKeyIds: [], state: null } } : refused;
}
