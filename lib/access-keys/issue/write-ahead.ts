import "server-only";
import { createHash } from "node:crypto";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { insertKey, isRemovalOpen, listLiveKeys } from "@/lib/access-keys/data";
import { decideIssue, type IssueKind, PENDING_STATES } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { readMarker } from "@/lib/installation/data";
import { findMaking, findRequested, type RequestedOperation } from "@/lib/operations/data";
import { insertOperation } from "@/lib/operations/mutations";
import { mustBeUndone } from "@/lib/operations/rules";
import { createId } from "@/lib/platform/create-id";
import { randomText } from "@/lib/platform/crypto/random-text";
import { type OwnTransaction, type Statements, transact } from "@/lib/platform/sql";
import { type LockedPrincipal, lockPrincipal } from "@/lib/principals/data";
import { LEASE_SECONDS, type Lease, takeLease } from "@/lib/principals/mutations";
import { findRegion } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

export interface IssueRequest {
  kind: IssueKind;
  scope: ProjectScope;
  region: string;
  /** Unique per actor; the same one again is the same change. */
  requestId: string;
}

/** A change that is written down and may now touch the storage system. */
export interface WrittenAhead {
  operationId: string;
  keyId: string;
  accessKeyId: string;
  kind: IssueKind;
  principal: { id: string; externalId: string; suspendedUntil: Date | null };
  region: Region;
  lease: Lease;
  /** Whether a current pair goes on working meanwhile. */
  current: boolean;
}

export type WriteAheadOutcome =
  | { outcome: "written"; change: WrittenAhead }
  | { outcome: "already-done" }
  | { outcome: "stale"; operationId: string; current: boolean }
  /** A removal or a sweep holds the lease: soon over, and no change of anybody's. */
  | { outcome: "occupied"; who: string }
  | { outcome: "refused"; reason: Refusal; who?: string | undefined; current?: boolean; from?: Date | undefined };

/**
 * Transaction 1: decides, takes the principal's lease, and writes operation, key and audit line before any call to
 * the storage system. `stale` names an operation that is overdue and must be undone first.
 */
export async function writeAhead(request: IssueRequest): Promise<WriteAheadOutcome> {
  const accessKeyId = composeAccessKeyId(await readMarker(), randomText);
  const { scope, requestId } = request;
  const inputHash = hashInput(request);
  return transact(async (tx) => {
    const readSlot = () =>
      Promise.all([
        listLiveKeys(tx, scope.projectId, request.region),
        findRequested(tx, scope.actor.userId, requestId),
      ]);
    const [, region, principal, slot] = await Promise.all([
      assertStillAllowed(tx, scope, "keys:issue"),
      findRegion(request.region, tx),
      lockPrincipal(tx, scope.projectId, request.region),
      readSlot(),
    ]);
    // It was read before there was a principal to lock: whoever made that may have made more.
    const [keys, repeated] = principal.isNew ? await readSlot() : slot;
    const current = keys.some((key) => key.state === "ACTIVE");
    if (repeated) return describeRepeated(repeated, inputHash, current, principal.now);

    const pending = keys.find((key) => PENDING_STATES.includes(key.state));
    if (pending) return describePending(tx, pending.id, current, principal.now);
    const { suspendedUntil } = principal;
    const situation = {
      states: keys.map((key) => key.state),
      regionDisabled: region.disabledAt !== null,
      suspendedUntil,
      removalOpen: suspendedUntil !== null && (await isRemovalOpen(tx, principal.id)),
    };
    const decision = decideIssue(request.kind, situation, principal.now);
    const from = situation.removalOpen ? undefined : (suspendedUntil ?? undefined);
    if (!decision.ok) return { outcome: "refused", reason: decision.reason, from };

    if (principal.heldBy !== null) return { outcome: "occupied", who: principal.heldBy };
    const change = await insertChange(tx, request, region, principal, inputHash, accessKeyId);
    return { outcome: "written", change: { ...change, current } };
  });
}

/** Ends the transaction. */
async function insertChange(
  tx: OwnTransaction,
  request: IssueRequest,
  region: Region,
  principal: LockedPrincipal,
  inputHash: string,
  accessKeyId: string,
): Promise<Omit<WrittenAhead, "current">> {
  const { scope, kind, requestId } = request;
  const { projectId, actor } = scope;
  const owner = { projectId, regionId: region.id, principalId: principal.id };
  const key = { ...owner, id: createId(), accessKeyId, createdById: actor.userId };
  const operation = {
    ...owner,
    id: createId(),
    kind,
    state: "PENDING" as const,
    actorId: actor.userId,
    requestId,
    inputHash,
    keyId: key.id,
    fence: principal.fence + 1n,
    dueAt: new Date(principal.now.getTime() + LEASE_SECONDS * 1_000),
    finishedAt: null,
  };
  // The principal is locked and free: there is nothing left that could be refused.
  const [taken] = await tx.commit([
    takeLease(tx, principal.id, actor.name),
    insertKey(tx, key),
    insertOperation(tx, operation),
    recordEvent(tx, {
      event: "key.requested",
      outcome: "requested",
      actor,
      projectId,
      keyId: key.id,
      requestId,
      data: { kind, region: region.name, accessKeyId },
    }),
  ]);
  if (!taken.ok || taken.lease.fence !== operation.fence) throw new Error("the lease of a locked principal was taken");
  return { operationId: operation.id, keyId: key.id, accessKeyId, kind, principal, region, lease: taken.lease };
}

function describeRepeated(
  repeated: RequestedOperation,
  inputHash: string,
  current: boolean,
  now: Date,
): WriteAheadOutcome {
  if (repeated.inputHash !== inputHash) return { outcome: "refused", reason: "request-reused", current };
  if (repeated.state === "DONE") return { outcome: "already-done" };
  if (repeated.state === "CANCELLED") return { outcome: "refused", reason: "superseded" };
  if (repeated.state === "FAILED") return { outcome: "refused", reason: "undelivered", current };
  if (mustBeUndone(repeated, now)) return { outcome: "stale", operationId: repeated.id, current };
  return { outcome: "refused", reason: "unconfirmed", current };
}

async function describePending(tx: Statements, keyId: string, current: boolean, now: Date): Promise<WriteAheadOutcome> {
  const operation = await findMaking(tx, keyId);
  if (operation && mustBeUndone(operation, now)) return { outcome: "stale", operationId: operation.id, current };
  return { outcome: "refused", reason: "busy", who: operation?.actor };
}

function hashInput(request: IssueRequest): string {
  const input = JSON.stringify([request.kind, request.scope.projectId, request.region]);
  return createHash("sha256").update(input).digest("hex");
}
