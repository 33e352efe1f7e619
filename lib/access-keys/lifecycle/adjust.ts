import "server-only";
import { findClosure, findCurrentKey, type SlotKey } from "@/lib/access-keys/data";
import { applyPlan } from "@/lib/access-keys/lifecycle/apply-plan";
import { commitAdjustment, type PendingAdjustment } from "@/lib/access-keys/lifecycle/commit-adjustment";
import { type Adjustment, type AdjustmentPlan, decideAdjustment } from "@/lib/access-keys/lifecycle/rules";
import { describeRefusal } from "@/lib/access-keys/rules";
import type { AdjustOutput, Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { type Permission, restsOnPlatformRole } from "@/lib/gate/permissions";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { cancelOpenAdjustments, failOperation, findRequested, readOperationState } from "@/lib/operations/data";
import { enqueueSettling } from "@/lib/operations/mutations";
import { hashInput } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { logger } from "@/lib/platform/logger";
import { ensurePrincipal } from "@/lib/principals/data";
import { type Beginning, type Decision, type Lease, withLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import { findRegion, openProvider } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

export interface AdjustRequest {
  scope: ProjectScope;
  /** By name. */
  region: string;
  /** `DEFAULT_SLOT`, or the name of a named key. */
  slot: string;
  /** Unique per actor. The same one again is the same change. */
  requestId: string;
  adjustment: Adjustment;
  /** The key that the caller means. Refused when it is not the slot's current one any more. */
  accessKeyId?: string | undefined;
}

type Refused = Extract<AdjustOutput, { ok: false }>;

/** Who may do it: a deactivation takes access away, which those may who may disable. */
export const PERMISSIONS: Record<Adjustment["kind"], Permission> = {
  DEACTIVATE: "keys:disable",
  ACTIVATE: "keys:issue",
  SET_EXPIRATION: "keys:issue",
};

const DONE: Record<Adjustment["kind"], string> = {
  DEACTIVATE: "The key is switched off. Activate switches it on again.",
  ACTIVATE: "The key is switched on.",
  SET_EXPIRATION: "The expiration date is set.",
};

/**
 * Deactivates or activates the current key, or sets its date. Written ahead like every change of the storage system. No
 * secret is involved, so a change that is interrupted is carried out by the worker rather than undone.
 */
export async function adjustKey(request: AdjustRequest): Promise<AdjustOutput> {
  await connectQueue();
  const { scope, adjustment } = request;
  const region = await findRegion(request.region);
  const principal = await ensurePrincipal(scope.projectId, region.id);
  let roles: string[] = [];
  const outcome = await withLease(
    principal.id,
    scope.actor.name,
    {
      authorize: async (tx) => {
        roles = await assertStillAllowed(tx, scope, PERMISSIONS[adjustment.kind]);
      },
      begin: (tx, beginning) => decide(tx, beginning, request, roles),
    },
    (lease, pending) => carryOutNow(pending, lease, scope),
  );
  switch (outcome.lease) {
    case "taken":
      return outcome.result;
    case "locked":
      return refuse("busy", outcome.holder);
    case "refused":
      return outcome.refused;
  }
}

async function decide(
  tx: Transaction,
  beginning: Beginning,
  request: AdjustRequest,
  roles: string[],
): Promise<Decision<PendingAdjustment, AdjustOutput>> {
  const decided = await decideChange(tx, beginning, request, roles);
  if (!decided.ok) return decided;
  const { key, plan, region } = decided;
  const { requestId, adjustment } = request;
  const inputHash = hashAdjustment(request);
  const write = async () => {
    const operationId = await writeAhead(tx, beginning, { ...request, key, region, inputHash });
    return { operationId, requestId, adjustment, plan, key, principal: beginning.principal, region };
  };
  return { ok: true, write };
}

/** Decides whether the key may be changed, and how. It only reads. `roles` are the caller's, read in this transaction. */
export async function decideChange(
  tx: Transaction,
  { principal, now }: Pick<Beginning, "principal" | "now">,
  request: AdjustRequest,
  roles: string[],
): Promise<{ ok: true; key: SlotKey; plan: AdjustmentPlan; region: Region } | { ok: false; refused: AdjustOutput }> {
  const { scope, slot, requestId, adjustment, accessKeyId } = request;
  await lockRow(tx, "regions", principal.regionId, "share");
  const region = await tx.region.findUniqueOrThrow({ where: { id: principal.regionId } });
  const repeated = await findRequested(tx, scope.actor.userId, requestId);
  if (repeated && repeated.inputHash !== hashAdjustment(request))
    return { ok: false, refused: refuse("request-reused") };
  if (repeated?.state === "DONE")
    return { ok: false, refused: { ok: true, outcome: "already-done", message: DONE[adjustment.kind] } };
  if (repeated?.state === "FAILED") return { ok: false, refused: refuse("storage-failed") };
  if (repeated)
    return { ok: false, refused: refuse(repeated.state === "CANCELLED" ? "superseded" : "change-unsettled") };

  const isReasonMissing = adjustment.kind === "DEACTIVATE" && adjustment.reason === undefined;
  if (isReasonMissing && restsOnPlatformRole(roles, "keys:disable"))
    return { ok: false, refused: refuse("reason-required") };
  const key = await findCurrentKey(tx, { principalId: principal.id, slot });
  if (accessKeyId !== undefined && key?.accessKeyId !== accessKeyId)
    return { ok: false, refused: refuse("not-current") };
  const switches = openProvider(region).capabilities.deactivate === "key";
  const closure = await findClosure(tx, scope.projectId, region);
  const decision = decideAdjustment(adjustment, key, { switches, closure }, now);
  if (!decision.ok || !key) return { ok: false, refused: refuse(decision.ok ? "not-enabled" : decision.reason) };
  return { ok: true, key, plan: decision.plan, region };
}

interface Decided extends Omit<AdjustRequest, "region"> {
  key: SlotKey;
  region: Region;
  inputHash: string;
}

async function writeAhead(
  tx: Transaction,
  { principal, fence, now, until }: Beginning,
  { scope, requestId, adjustment, key, region, inputHash }: Decided,
): Promise<string> {
  const { projectId, actor } = scope;
  const { kind } = adjustment;
  const expiresAt = kind === "SET_EXPIRATION" ? adjustment.expiresAt : null;
  const reason = kind === "DEACTIVATE" ? adjustment.reason : undefined;
  await cancelOpenAdjustments(tx, key.id, now);
  const { id } = await tx.operation.create({
    data: {
      kind,
      state: "PENDING",
      actorId: actor.userId,
      requestId,
      inputHash,
      projectId,
      regionId: region.id,
      principalId: principal.id,
      slot: key.slot,
      keyId: key.id,
      expiresAt,
      fence,
      dueAt: until,
    },
    select: { id: true },
  });
  await recordEvent(tx, {
    event: "key.adjusting",
    outcome: "requested",
    actor,
    projectId,
    keyId: key.id,
    requestId,
    data: {
      kind,
      region: region.name,
      accessKeyId: key.accessKeyId,
      ...(kind === "SET_EXPIRATION" ? { expiresAt: expiresAt?.toISOString() ?? null } : {}),
      ...(reason ? { reason } : {}),
    },
  });
  return id;
}

async function carryOutNow(pending: PendingAdjustment, lease: Lease, scope: ProjectScope): Promise<AdjustOutput> {
  const { operationId, adjustment, requestId } = pending;
  try {
    await applyPlan(pending, lease, requestId);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ operationId, failure: error.failure, detail: error.message }, "the key could not be changed");
    return giveUp(pending, error);
  }
  if (await commitAdjustment(pending, lease, scope.actor)) {
    return { ok: true, outcome: "done", message: DONE[adjustment.kind] };
  }
  const state = await readOperationState(operationId);
  return refuse(state === "CANCELLED" ? "superseded" : "change-unsettled");
}

/** What may have happened is carried out by the worker, so that the portal and the storage system agree again. */
async function giveUp({ operationId }: PendingAdjustment, error: ProviderError): Promise<Refused> {
  if (error.mayHaveHappened) {
    await withTransaction((tx) => enqueueSettling(tx, operationId, { startAfterSeconds: 2 }));
    return refuse("change-unsettled");
  }
  const reason =
    error.failure === "unavailable" || error.failure === "throttled" ? "storage-unreachable" : "storage-refused";
  await failOperation(db, operationId, describeRefusal(reason));
  return refuse(reason);
}

function hashAdjustment({ scope, region, slot, adjustment, accessKeyId }: AdjustRequest): string {
  const { kind } = adjustment;
  const date = kind === "SET_EXPIRATION" ? [adjustment.expiresAt?.toISOString() ?? "never"] : [];
  const meant = accessKeyId === undefined ? [] : [accessKeyId];
  return hashInput(kind, { projectId: scope.projectId, region, slot }, ...date, ...meant);
}

function refuse(reason: Refusal, who?: string): Refused {
  return { ok: false, reason, message: describeRefusal(reason, { who }) };
}
