import "server-only";
import { decideChange, type IssueRequest } from "@/lib/access-keys/issue/write-ahead";
import { describeRefusal, type RefusalFacts } from "@/lib/access-keys/rules";
import type { DryRunOutput, Refusal } from "@/lib/access-keys/schema";
import { assertStillAllowed } from "@/lib/gate/scope";
import { decideWithoutLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";

/** Tells what `issueKey` would do, and changes nothing. The storage system is not asked. */
export async function dryRunIssue(request: IssueRequest): Promise<DryRunOutput> {
  const { scope } = request;
  const region = await findRegion(request.region);
  const outcome = await decideWithoutLease({
    projectId: scope.projectId,
    regionId: region.id,
    authorize: (tx) => assertStillAllowed(tx, scope, "keys:issue"),
    decide: (tx, found) => decideChange(tx, found, request),
  });
  if (outcome.lease === "locked") return refuse("busy", { who: outcome.holder });
  const { decided } = outcome;
  if (decided.ok) {
    const accessKeyIds = decided.replaced ? [decided.replaced.accessKeyId] : [];
    return { ok: true, wouldBe: { outcome: "issued", accessKeyIds, state: "ACTIVE" } };
  }
  const { refused } = decided;
  switch (refused.outcome) {
    case "already-done":
      return { ok: true, wouldBe: { outcome: "already-done", accessKeyIds: [], state: null } };
    case "overdue":
      // A change would undo this one first. Whether that works cannot be told without doing it.
      return refuse("busy");
    case "refused":
      return refuse(refused.reason, refused.facts);
  }
}

function refuse(reason: Refusal, facts: RefusalFacts = {}): DryRunOutput {
  return { ok: false, reason, message: describeRefusal(reason, facts) };
}
