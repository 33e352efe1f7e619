import "server-only";
import { createHash } from "node:crypto";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { DEFAULT_SLOT, isRemovalOpen, listLiveKeys, type SlotKey } from "@/lib/access-keys/data";
import { decideIssue, type IssueKind, PENDING_STATES, type RefusalFacts } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import type { ProjectScope } from "@/lib/gate/scope";
import { readMarker } from "@/lib/installation/data";
import { findMaking, findRequested } from "@/lib/operations/data";
import { mustBeUndone } from "@/lib/operations/rules";
import { randomText } from "@/lib/platform/crypto/random-text";
import type { Transaction } from "@/lib/platform/db/client";
import type { Beginning } from "@/lib/principals/mutations";
import type { Operation, Principal, Region } from "@/prisma/generated/client";

export interface IssueRequest {
  kind: IssueKind;
  scope: ProjectScope;
  /** By name. */
  region: string;
  /** Unique per actor. The same one again is the same change. */
  requestId: string;
}

/** A change that is written down and may now touch the storage system. */
export interface Change {
  operationId: string;
  keyId: string;
  accessKeyId: string;
  kind: IssueKind;
  requestId: string;
  projectId: string;
  principal: Principal;
  region: Region;
  /** Whether a current key goes on working meanwhile. */
  current: boolean;
}

/** Why nothing was begun. `stale` names an operation that is overdue and must be undone first. */
export type NotBegun =
  | { ok: false; outcome: "already-done" }
  | { ok: false; outcome: "stale"; operationId: string; current: boolean }
  | { ok: false; outcome: "refused"; reason: Refusal; facts: RefusalFacts };

/**
 * Step 1. Decides whether the key may be made, and writes operation, key and audit line, in the transaction that takes
 * the lease: before any call to the storage system.
 */
export async function writeAhead(
  tx: Transaction,
  beginning: Beginning,
  request: IssueRequest,
): Promise<{ ok: true; begun: Change } | NotBegun> {
  const { principal, now } = beginning;
  const region = await tx.region.findUniqueOrThrow({ where: { id: principal.regionId } });
  const keys = await listLiveKeys(tx, principal.id);
  const current = keys.some((key) => key.state === "ACTIVE");

  const repeated = await findRequested(tx, request.scope.actor.userId, request.requestId);
  if (repeated) return describeRepeated(repeated, request, current, now);
  const pending = keys.find((key) => PENDING_STATES.includes(key.state));
  if (pending) return describePending(tx, pending, current, now);

  const { suspendedUntil } = principal;
  const removalOpen = suspendedUntil !== null && (await isRemovalOpen(tx, principal.id));
  const states = keys.map((key) => key.state);
  const situation = { states, regionDisabled: region.disabledAt !== null, suspendedUntil, removalOpen };
  const decision = decideIssue(request.kind, situation, now);
  const from = removalOpen ? undefined : (suspendedUntil ?? undefined);
  if (!decision.ok) return refuse(decision.reason, { from });
  return { ok: true, begun: { ...(await insertChange(tx, beginning, region, request)), current } };
}

async function insertChange(
  tx: Transaction,
  { principal, fence, until }: Beginning,
  region: Region,
  request: IssueRequest,
): Promise<Omit<Change, "current">> {
  const { scope, kind, requestId } = request;
  const { projectId, actor } = scope;
  const accessKeyId = composeAccessKeyId(await readMarker(), randomText);
  const owner = { projectId, regionId: region.id, principalId: principal.id };
  const { id: keyId } = await tx.accessKey.create({
    data: { ...owner, slot: DEFAULT_SLOT, accessKeyId, state: "CREATING", createdById: actor.userId },
    select: { id: true },
  });
  const { id: operationId } = await tx.operation.create({
    data: {
      ...owner,
      kind,
      state: "PENDING",
      actorId: actor.userId,
      requestId,
      inputHash: hashInput(request),
      keyId,
      fence,
      dueAt: until,
    },
    select: { id: true },
  });
  await recordEvent(tx, {
    event: "key.requested",
    outcome: "requested",
    actor,
    projectId,
    keyId,
    requestId,
    data: { kind, region: region.name, accessKeyId },
  });
  return { operationId, keyId, accessKeyId, kind, requestId, projectId, principal, region };
}

function describeRepeated(repeated: Operation, request: IssueRequest, current: boolean, now: Date): NotBegun {
  if (repeated.inputHash !== hashInput(request)) return refuse("request-reused", { current });
  if (repeated.state === "DONE") return { ok: false, outcome: "already-done" };
  if (repeated.state === "CANCELLED") return refuse("superseded");
  if (repeated.state === "FAILED") return refuse("undelivered", { current });
  if (mustBeUndone(repeated, now)) return { ok: false, outcome: "stale", operationId: repeated.id, current };
  return refuse("unconfirmed", { current });
}

async function describePending(tx: Transaction, key: SlotKey, current: boolean, now: Date): Promise<NotBegun> {
  const operation = await findMaking(tx, key.id);
  if (operation && mustBeUndone(operation, now)) {
    return { ok: false, outcome: "stale", operationId: operation.id, current };
  }
  return refuse("busy", { who: operation?.actor.name });
}

function refuse(reason: Refusal, facts: RefusalFacts = {}): NotBegun {
  return { ok: false, outcome: "refused", reason, facts };
}

function hashInput({ kind, scope, region }: IssueRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, scope.projectId, region]))
    .digest("hex");
}
