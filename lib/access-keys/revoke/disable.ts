import "server-only";
import { createHash } from "node:crypto";
import { listLiveKeys } from "@/lib/access-keys/data";
import { endKeys } from "@/lib/access-keys/revoke/mark-revoking";
import { type RevokingKey, toRevoking } from "@/lib/access-keys/revoke/delete";
import { enqueueSweeps } from "@/lib/access-keys/repair/undo";
import { decideDisable, describeRefusal } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { restsOnPlatformRole } from "@/lib/gate/permissions";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { findRequested } from "@/lib/operations/data";
import { cancelOpenOperations, insertOperation } from "@/lib/operations/mutations";
import { createId } from "@/lib/platform/create-id";
import { transact } from "@/lib/platform/sql";
import { lockPrincipal } from "@/lib/principals/data";
import { type Lease, takeLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";

export interface DisableRequest {
  scope: ProjectScope;
  region: string;
  requestId: string;
  reason?: string | undefined;
}

export type DisableOutcome =
  | { ok: true; outcome: "revoking"; message: string; accessKeyIds: string[]; revoking: RevokingKey[]; lease: Lease }
  | { ok: true; outcome: "already-done"; message: string }
  | { ok: false; reason: Refusal; message: string };

/**
 * Ends every key of the project in the region. It pre-empts: the lease is taken from whoever has it, and the open
 * operation is cancelled, so that a pair being made at this moment dies too. `revoking` and `lease`: what the
 * caller can start removing at once; the worker does it otherwise.
 */
export async function disableAccess(request: DisableRequest): Promise<DisableOutcome> {
  await connectQueue();
  const { scope } = request;
  return transact(async (tx): Promise<DisableOutcome> => {
    const [, region, principal] = await Promise.all([
      assertStillAllowed(tx, scope, "keys:disable"),
      findRegion(request.region, tx),
      lockPrincipal(tx, scope.projectId, request.region),
    ]);
    const inputHash = createHash("sha256")
      .update(JSON.stringify(["DISABLE", scope.projectId, request.region]))
      .digest("hex");
    const repeated = await findRequested(tx, scope.actor.userId, request.requestId);
    if (repeated && repeated.inputHash !== inputHash) return refuse("request-reused");
    if (repeated) return { ok: true, outcome: "already-done", message: "The access was disabled already." };

    const keys = await listLiveKeys(tx, scope.projectId, region.name);
    const decision = decideDisable(
      keys.map((key) => key.state),
      { required: restsOnPlatformRole(scope.roles, "keys:disable"), given: request.reason !== undefined },
    );
    if (!decision.ok) return refuse(decision.reason);

    const taken = await takeLease(tx, principal.id, scope.actor.name, { preempt: true });
    if (!taken.ok) throw new Error("a pre-empting lease was refused");
    const { now } = principal;
    // The process of a cancelled one may have a write to the storage system on the way that lands after our removal.
    if ((await cancelOpenOperations(tx, principal.id, now)) > 0) await enqueueSweeps(tx, principal.id);
    await insertOperation(tx, {
      id: createId(),
      kind: "DISABLE",
      state: "DONE",
      actorId: scope.actor.userId,
      requestId: request.requestId,
      inputHash,
      projectId: scope.projectId,
      regionId: region.id,
      principalId: principal.id,
      keyId: null,
      fence: taken.lease.fence,
      dueAt: null,
      finishedAt: now,
    });
    await endKeys(tx, {
      keys,
      actor: scope.actor,
      projectId: scope.projectId,
      region: region.name,
      requestId: request.requestId,
      cause: "disabled",
      at: now,
      reason: request.reason,
    });
    const message = "The end of the keys is decided. They are being removed from the storage system.";
    const ended = { projectId: scope.projectId, principal, region };
    const accessKeyIds = keys.map((key) => key.accessKeyId);
    return {
      ok: true,
      outcome: "revoking",
      message,
      accessKeyIds,
      revoking: keys.map((key) => toRevoking(key, ended)),
      lease: taken.lease,
    };
  });
}

function refuse(reason: Refusal): DisableOutcome {
  return { ok: false, reason, message: describeRefusal(reason) };
}
