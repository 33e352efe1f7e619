import "server-only";
import { createHash } from "node:crypto";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { DEFAULT_SLOT, isRemovalOpen, listLiveKeys } from "@/lib/access-keys/data";
import { decideIssue, type IssueKind, PENDING_STATES } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { readMarker } from "@/lib/installation/data";
import { enqueue } from "@/lib/jobs/queue";
import { mustBeUndone } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db";
import { randomText } from "@/lib/platform/random-text";
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
  const region = await findRegion(request.region);
  const accessKeyId = composeAccessKeyId(await readMarker(), randomText);
  return db.$transaction(async (tx) => {
    await assertStillAllowed(tx, request.scope, "keys:issue");
    const principal = await lockPrincipal(tx, request.scope.projectId, region.id);
    const inputHash = hashInput(request);
    const keys = await listLiveKeys(tx, principal.id);
    const current = keys.some((key) => key.state === "ACTIVE");
    const repeated = await findRepeated(tx, request, inputHash, current, principal.now);
    if (repeated) return repeated;

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

    const taken = await takeLease(tx, principal.id, request.scope.actor.name);
    if (!taken.ok) return { outcome: "occupied", who: taken.heldBy };
    const written = await insertChange(tx, request, region, principal, taken.lease, inputHash, accessKeyId);
    return {
      outcome: "written",
      change: { ...written, kind: request.kind, principal, region, lease: taken.lease, current },
    };
  });
}

async function insertChange(
  tx: Transaction,
  request: IssueRequest,
  region: Region,
  principal: LockedPrincipal,
  lease: Lease,
  inputHash: string,
  accessKeyId: string,
): Promise<{ operationId: string; keyId: string; accessKeyId: string }> {
  const { scope, kind } = request;
  const owner = { projectId: scope.projectId, regionId: region.id, principalId: principal.id };
  const key = await tx.accessKey.create({
    data: { ...owner, slot: DEFAULT_SLOT, accessKeyId, state: "CREATING", createdById: scope.actor.userId },
  });
  const operation = await tx.operation.create({
    data: {
      ...owner,
      kind,
      state: "PENDING",
      actorId: scope.actor.userId,
      requestId: request.requestId,
      inputHash,
      keyId: key.id,
      fence: lease.fence,
      dueAt: new Date(principal.now.getTime() + LEASE_SECONDS * 1_000),
    },
  });
  await recordEvent(tx, {
    event: "key.requested",
    outcome: "requested",
    actor: scope.actor,
    projectId: scope.projectId,
    keyId: key.id,
    requestId: request.requestId,
    data: { kind, region: region.name, accessKeyId },
  });
  const job = { operationId: operation.id };
  await enqueue(tx, "settle-operation", job, `${operation.id}:lease`, { startAfterSeconds: LEASE_SECONDS + 1 });
  return { operationId: operation.id, keyId: key.id, accessKeyId };
}

async function findRepeated(
  tx: Transaction,
  request: IssueRequest,
  inputHash: string,
  current: boolean,
  now: Date,
): Promise<WriteAheadOutcome | undefined> {
  const operation = await tx.operation.findUnique({
    where: { actorId_requestId: { actorId: request.scope.actor.userId, requestId: request.requestId } },
    select: { id: true, inputHash: true, state: true, dueAt: true },
  });
  if (!operation) return undefined;
  if (operation.inputHash !== inputHash) return { outcome: "refused", reason: "request-reused", current };
  if (operation.state === "DONE") return { outcome: "already-done" };
  if (operation.state === "CANCELLED") return { outcome: "refused", reason: "superseded" };
  if (operation.state === "FAILED") return { outcome: "refused", reason: "undelivered", current };
  if (mustBeUndone(operation, now)) return { outcome: "stale", operationId: operation.id, current };
  return { outcome: "refused", reason: "unconfirmed", current };
}

async function describePending(tx: Transaction, keyId: string, current: boolean, now: Date): Promise<WriteAheadOutcome> {
  const operation = await tx.operation.findFirst({
    where: { keyId },
    select: { id: true, state: true, dueAt: true, actor: { select: { name: true } } },
  });
  if (operation && mustBeUndone(operation, now)) {
    return { outcome: "stale", operationId: operation.id, current };
  }
  return { outcome: "refused", reason: "busy", who: operation?.actor.name };
}

function hashInput(request: IssueRequest): string {
  const input = JSON.stringify([request.kind, request.scope.projectId, request.region]);
  return createHash("sha256").update(input).digest("hex");
}
