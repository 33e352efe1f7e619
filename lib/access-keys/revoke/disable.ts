import "server-only";
import { createHash } from "node:crypto";
import { listLiveKeys } from "@/lib/access-keys/data";
import { enqueueSweeps } from "@/lib/access-keys/repair/enqueue-sweeps";
import { markRevoking } from "@/lib/access-keys/revoke/mark-revoking";
import { decideDisable, describeRefusal } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { restsOnPlatformRole } from "@/lib/gate/permissions";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { cancelOpenOperations, findRequested } from "@/lib/operations/data";
import type { Transaction } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { ensurePrincipal } from "@/lib/principals/data";
import { type Beginning, withLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

export interface DisableRequest {
  scope: ProjectScope;
  /** By name. */
  region: string;
  /** Unique per actor. The same one again is the same change. */
  requestId: string;
  reason?: string | undefined;
}

/** `revoking`: the ids of the keys whose removal can start now. */
export type DisableOutcome =
  | { ok: true; outcome: "revoking"; message: string; accessKeyIds: string[]; revoking: string[] }
  | { ok: true; outcome: "already-done"; message: string }
  | { ok: false; reason: Refusal; message: string };

/**
 * Ends every key of the project in the region. It pre-empts: the lease is taken from whoever holds it, and the open
 * operation is cancelled, so that a key being made at this moment dies too. The caller starts the removal; the worker
 * does it otherwise.
 */
export async function disableAccess(request: DisableRequest): Promise<DisableOutcome> {
  await connectQueue();
  const { scope } = request;
  const region = await findRegion(request.region);
  const principal = await ensurePrincipal(scope.projectId, region.id);
  const result = await withLease(
    principal.id,
    scope.actor.name,
    {
      preempt: true,
      authorize: (tx) => assertStillAllowed(tx, scope, "keys:disable"),
      begin: (tx, beginning) => decideAndWrite(tx, beginning, region, request),
    },
    // The removal takes a lease of its own.
    async (_lease, ended) => ended,
  );
  if (!("outcome" in result) || result.ok) return result;
  if (result.outcome === "locked") throw new AppError("UNAVAILABLE", "the lock of the principal did not come in time");
  return { ok: true, outcome: "already-done", message: "The access was disabled already." };
}

type Ended = Extract<DisableOutcome, { outcome: "revoking" }>;
type NotEnded = Extract<DisableOutcome, { ok: false }> | { ok: false; outcome: "already-done" };

async function decideAndWrite(
  tx: Transaction,
  { principal, fence, now }: Beginning,
  region: Region,
  { scope, requestId, reason }: DisableRequest,
): Promise<{ ok: true; begun: Ended } | NotEnded> {
  const { projectId, actor } = scope;
  const inputHash = createHash("sha256")
    .update(JSON.stringify(["DISABLE", projectId, region.name]))
    .digest("hex");
  const repeated = await findRequested(tx, actor.userId, requestId);
  if (repeated && repeated.inputHash !== inputHash) return refuse("request-reused");
  if (repeated) return { ok: false, outcome: "already-done" };

  const keys = await listLiveKeys(tx, principal.id);
  const states = keys.map((key) => key.state);
  const required = restsOnPlatformRole(scope.roles, "keys:disable");
  const decision = decideDisable(states, { required, given: reason !== undefined });
  if (!decision.ok) return refuse(decision.reason);

  // The process of a cancelled operation may have a write in flight that lands after the removal.
  if ((await cancelOpenOperations(tx, principal.id, now)) > 0) await enqueueSweeps(tx, principal.id);
  await tx.operation.create({
    data: {
      kind: "DISABLE",
      state: "DONE",
      actorId: actor.userId,
      requestId,
      inputHash,
      projectId,
      regionId: region.id,
      principalId: principal.id,
      fence,
      finishedAt: now,
    },
    select: { id: true },
  });
  const facts = { actor, projectId, region: region.name, requestId };
  await markRevoking(tx, { ...facts, keys, cause: "disabled", at: now, reason });
  const begun: Ended = {
    ok: true,
    outcome: "revoking",
    message: "The end of the keys is decided. They are being removed from the storage system.",
    accessKeyIds: keys.map((key) => key.accessKeyId),
    revoking: keys.map((key) => key.id),
  };
  return { ok: true, begun };
}

function refuse(reason: Refusal): Extract<DisableOutcome, { ok: false }> {
  return { ok: false, reason, message: describeRefusal(reason) };
}
