import "server-only";
import { listLiveKeys, type SlotKey } from "@/lib/access-keys/data";
import { enqueueSweeps } from "@/lib/access-keys/repair/enqueue-sweeps";
import { markRevoking } from "@/lib/access-keys/revoke/mark-revoking";
import { decideDisable, decideEndOfOne, decideMeantKey, describeRefusal } from "@/lib/access-keys/rules";
import type { DryRunOutput, Refusal } from "@/lib/access-keys/schema";
import { restsOnPlatformRole } from "@/lib/gate/permissions";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { cancelOpenOperations, findRequested, isHeldForAnotherSlot } from "@/lib/operations/data";
import { hashInput } from "@/lib/operations/rules";
import type { Transaction } from "@/lib/platform/db/client";
import { withoutCommit, withTransaction } from "@/lib/platform/db/transaction";
import { ensurePrincipal, lockPrincipal } from "@/lib/principals/data";
import { endLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";
import type { Principal, Region } from "@/prisma/generated/client";

export interface DisableRequest {
  scope: ProjectScope;
  /** By name. */
  region: string;
  /** `DEFAULT_SLOT`, or the name of a named key. */
  slot: string;
  /** Unique per actor. The same one again is the same change. */
  requestId: string;
  reason?: string | undefined;
  /** The key that the caller means. Refused when it is not the slot's current one any more. */
  accessKeyId?: string | undefined;
  /** The caller means this key and no other. Refused when another key of the slot would end too, or instead of it. */
  onlyKey?: string | undefined;
}

/** `revoking`: the ids of the keys whose removal can start now. */
export type DisableOutcome =
  | { ok: true; outcome: "revoking"; message: string; accessKeyIds: string[]; revoking: string[] }
  | { ok: true; outcome: "already-done"; message: string }
  | { ok: false; reason: Refusal; message: string };

/**
 * Ends every key of a slot of the project in the region. It pre-empts: in one transaction the lease is taken from whoever
 * holds it, the open operation of the slot is cancelled, and the end of the keys is decided, so that a key being made at
 * this moment dies too. A change of another slot that is written down keeps its lease. The caller starts the removal, which
 * takes a lease of its own; the worker does it otherwise.
 */
export async function disableAccess(request: DisableRequest): Promise<DisableOutcome> {
  await connectQueue();
  const { scope } = request;
  const region = await findRegion(request.region);
  const { id } = await ensurePrincipal(scope.projectId, region.id);
  return withTransaction(async (tx) => {
    const roles = await assertStillAllowed(tx, scope, "keys:disable");
    const found = { ...(await lockPrincipal(tx, id)), region, roles };
    const decided = await decide(tx, found, request);
    return decided.ok ? write(tx, found, request, decided.keys) : decided.outcome;
  });
}

/** Tells what `disableAccess` would do, and changes nothing. */
export async function dryRunDisable(request: DisableRequest): Promise<DryRunOutput> {
  const { scope } = request;
  const region = await findRegion(request.region);
  return withoutCommit(async (tx) => {
    const roles = await assertStillAllowed(tx, scope, "keys:disable");
    const { id } = await ensurePrincipal(scope.projectId, region.id, tx);
    const decided = await decide(tx, { ...(await lockPrincipal(tx, id)), region, roles }, request);
    if (decided.ok) {
      const accessKeyIds = decided.keys.map((key) => key.accessKeyId);
      return { ok: true, wouldBe: { outcome: "revoking", accessKeyIds, state: "REVOKING" } };
    }
    const { outcome } = decided;
    return outcome.ok ? { ok: true, wouldBe: { outcome: "already-done", accessKeyIds: [], state: null } } : outcome;
  });
}

interface Found {
  principal: Principal;
  /** The database's time. */
  now: Date;
  region: Region;
  /** The caller's, read in this transaction. */
  roles: string[];
}

type Decided = { ok: true; keys: SlotKey[] } | { ok: false; outcome: Exclude<DisableOutcome, { outcome: "revoking" }> };

/** Decides whether the keys of the slot may be ended. It only reads. */
async function decide(tx: Transaction, { principal, region, roles }: Found, request: DisableRequest): Promise<Decided> {
  const { scope, slot, requestId, reason } = request;
  const inputHash = hashDisable(request, region);
  const repeated = await findRequested(tx, scope.actor.userId, requestId);
  if (repeated && repeated.inputHash !== inputHash) return { ok: false, outcome: refuse("request-reused") };
  if (repeated) {
    const message = "The access was disabled already.";
    return { ok: false, outcome: { ok: true, outcome: "already-done", message } };
  }
  const keys = await listLiveKeys(tx, { principalId: principal.id, slot });
  const states = keys.map((key) => key.state);
  const required = restsOnPlatformRole(roles, "keys:disable");
  const decision = decideDisable(states, { required, given: reason !== undefined });
  const meant = decision.ok ? decideMeant(keys, request) : decision;
  return meant.ok ? { ok: true, keys } : { ok: false, outcome: refuse(meant.reason) };
}

/** Whether the keys that would end are those that the caller means. */
function decideMeant(keys: SlotKey[], { accessKeyId, onlyKey }: DisableRequest) {
  if (onlyKey !== undefined) return decideEndOfOne(keys, onlyKey);
  return accessKeyId === undefined ? { ok: true as const } : decideMeantKey(keys, accessKeyId);
}

async function write(
  tx: Transaction,
  { principal, now, region }: Found,
  request: DisableRequest,
  keys: SlotKey[],
): Promise<DisableOutcome> {
  const { scope, slot, requestId, reason } = request;
  const { projectId, actor } = scope;
  const othersChange = await isHeldForAnotherSlot(tx, principal, slot);
  const fence = othersChange ? principal.fence : await endLease(tx, principal);
  // The process of a cancelled operation may have a write in flight that lands after the removal.
  const cancelled = await cancelOpenOperations(tx, { principalId: principal.id, slot }, now);
  if (cancelled > 0) await enqueueSweeps(tx, principal.id);
  await tx.operation.create({
    data: {
      kind: "DISABLE",
      state: "DONE",
      actorId: actor.userId,
      requestId,
      inputHash: hashDisable(request, region),
      projectId,
      regionId: region.id,
      principalId: principal.id,
      slot,
      fence,
      finishedAt: now,
    },
    select: { id: true },
  });
  const facts = { actor, projectId, region: region.name, requestId };
  await markRevoking(tx, { ...facts, keys, cause: "disabled", at: now, reason });
  return {
    ok: true,
    outcome: "revoking",
    message: "The end of the keys is decided. They are being removed from the storage system.",
    accessKeyIds: keys.map((key) => key.accessKeyId),
    revoking: keys.map((key) => key.id),
  };
}

function hashDisable({ scope, slot, accessKeyId, onlyKey }: DisableRequest, region: Region): string {
  // Two words for a key alone: a request for this key and no other is not one for the key that is current.
  const values = [
    ...(accessKeyId === undefined ? [] : [accessKeyId]),
    ...(onlyKey === undefined ? [] : ["only", onlyKey]),
  ];
  return hashInput("DISABLE", { projectId: scope.projectId, region: region.name, slot }, ...values);
}

function refuse(reason: Refusal): Extract<DisableOutcome, { ok: false }> {
  return { ok: false, reason, message: describeRefusal(reason) };
}
