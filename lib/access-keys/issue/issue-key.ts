import "server-only";
import { createKey } from "@/lib/access-keys/issue/create";
import type { Deliver } from "@/lib/access-keys/issue/deliver";
import { verifyKey } from "@/lib/access-keys/issue/verify";
import { type Change, type IssueRequest, type NotBegun, writeAhead } from "@/lib/access-keys/issue/write-ahead";
import { settleOperation, undoOrLeaveToWorker } from "@/lib/access-keys/repair/undo";
import { describeRefusal, type RefusalFacts } from "@/lib/access-keys/rules";
import type { IssueOutput, Refusal } from "@/lib/access-keys/schema";
import { assertStillAllowed } from "@/lib/gate/scope";
import { readMarker } from "@/lib/installation/data";
import { connectQueue } from "@/lib/jobs/queue";
import { readOperationState } from "@/lib/operations/data";
import { AppError } from "@/lib/platform/errors";
import type { Secret } from "@/lib/platform/secret";
import { ensurePrincipal } from "@/lib/principals/data";
import { type Lease, withLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";

/** A new key on its way to the one who asked; `secret` is revealed where it leaves the server. */
interface IssuedKey {
  ok: true;
  outcome: "issued";
  change: Change;
  secret: Secret;
  /** The ids of the keys whose removal can start now. */
  revoking: string[];
}

export type IssueOutcome = Exclude<IssueOutput, { outcome: "issued" }> | IssuedKey;

/**
 * Enables access, or regenerates the key: makes a new access key in five steps.
 *
 * 1. Write ahead: decide, and write the change down, in the transaction that takes the lease.
 * 2. Create: make the key on the storage system.
 * 3. Verify: every gateway accepts the key.
 * 4. Deliver: the caller passes how the secret reaches the one who asked.
 * 5. Commit: the new key becomes the current one, and the end of the old key is decided. To a program it comes with the
 *    delivery, for a browser with its acknowledgement, in a request of its own.
 *
 * Until step 5 the old key works on, and whatever goes wrong, the new key is undone, here or by the worker.
 */
export async function issueKey(request: IssueRequest, deliver: Deliver): Promise<IssueOutcome> {
  await connectQueue();
  const first = await attempt(request, deliver);
  if (!("settle" in first)) return first;
  // A change whose process died, or whose secret was never acknowledged, is undone first.
  const settled = await settleOperation(first.settle);
  if (settled === "unproven") return refuse("storage-unsettled", { current: first.current });
  const second = await attempt(request, deliver);
  return "settle" in second ? refuse("busy") : second;
}

/** `settle`: an operation is overdue and must be undone first. */
type Attempt = IssueOutcome | { ok: false; settle: string; current: boolean };

async function attempt(request: IssueRequest, deliver: Deliver): Promise<Attempt> {
  const { scope } = request;
  const region = await findRegion(request.region);
  const principal = await ensurePrincipal(scope.projectId, region.id);
  const marker = await readMarker();
  const outcome = await withLease(
    principal.id,
    scope.actor.name,
    {
      authorize: (tx) => assertStillAllowed(tx, scope, "keys:issue"),
      begin: (tx, beginning) => writeAhead(tx, beginning, request, marker),
    },
    (lease, change) => makeAndDeliver(change, lease, request, deliver),
  );
  switch (outcome.lease) {
    case "taken":
      return outcome.result;
    case "locked":
      return refuse("busy", { who: outcome.holder });
    case "refused":
      return describeNotBegun(outcome.refused);
  }
}

function describeNotBegun(notBegun: NotBegun): Attempt {
  switch (notBegun.outcome) {
    case "overdue":
      return { ok: false, settle: notBegun.operationId, current: notBegun.current };
    case "refused":
      return refuse(notBegun.reason, notBegun.facts);
    case "already-done":
      return {
        ok: true,
        outcome: "already-done",
        message:
          "This change was made already. The secret key is shown only once; regenerate the keys to get a new one.",
      };
  }
}

async function makeAndDeliver(
  change: Change,
  lease: Lease,
  { scope }: IssueRequest,
  deliver: Deliver,
): Promise<IssueOutcome> {
  const created = await createKey(change, lease);
  if (!created.ok) return giveUp(change, lease, created.reason, created.mayExist);
  const { secret } = created;

  const verified = await verifyKey(change, secret, lease);
  if (!verified) return giveUp(change, lease, "storage-failed", true);

  try {
    const delivered = await deliver(change, lease, scope);
    if (!delivered.ok) return await giveUp(change, lease, "superseded", true);
    return { ok: true, outcome: "issued", change, secret, revoking: delivered.revoking };
  } catch (error) {
    // A person who may not do it any more gets nothing, and the key is gone before they read so. After any other error
    // nobody knows whether the commit happened: the worker finds out.
    const refused = error instanceof AppError && error.code === "NOT_FOUND";
    if (refused) await undoOrLeaveToWorker(change, lease, "it was not allowed any more", true);
    throw error;
  }
}

/** `mayExist`: whether the storage system may have the key. Only then is it asked to remove the key. */
async function giveUp(change: Change, lease: Lease, reason: Refusal, mayExist: boolean): Promise<IssueOutcome> {
  const undone = await undoOrLeaveToWorker(change, lease, describeRefusal(reason), mayExist);
  return refuse(await nameOutcome(change, reason, undone), { current: change.current });
}

/** A lease that merely ran out is no disable, and a key that could not be removed yet is not undone. */
async function nameOutcome(change: Change, reason: Refusal, undone: boolean): Promise<Refusal> {
  if (reason !== "superseded") return undone ? reason : "storage-unsettled";
  const state = await readOperationState(change.operationId);
  return state === "CANCELLED" ? "superseded" : "storage-unsettled";
}

function refuse(reason: Refusal, facts: RefusalFacts = {}): Exclude<IssueOutput, { ok: true }> {
  return { ok: false, reason, message: describeRefusal(reason, facts) };
}
