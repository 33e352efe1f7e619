import "server-only";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { findClosure, isRemovalOpen, listKeyNames, listLiveKeys, type SlotKey } from "@/lib/access-keys/data";
import { findRecipient } from "@/lib/access-keys/issue/find-recipient";
import {
  CURRENT_STATES,
  decideIssue,
  DEFAULT_SLOT,
  type IssueKind,
  PENDING_STATES,
  type RefusalFacts,
  type SlotSituation,
} from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import type { UndoableChange } from "@/lib/access-keys/repair/undo";
import { recordEvent } from "@/lib/audit/record";
import type { ProjectScope } from "@/lib/gate/scope";
import { findMaking, findRequested } from "@/lib/operations/data";
import { hashInput, isOverdue } from "@/lib/operations/rules";
import { randomText } from "@/lib/platform/crypto/random-text";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { env } from "@/lib/platform/env";
import type { Beginning, Decision } from "@/lib/principals/mutations";
import { openProvider } from "@/lib/regions/data";
import type { AccessLevel, Operation, Region } from "@/prisma/generated/client";

export interface IssueRequest {
  kind: IssueKind;
  scope: ProjectScope;
  /** By name. */
  region: string;
  /** `DEFAULT_SLOT`, or the name of a named key. */
  slot: string;
  /** What a new key may do. A key that replaces another may do the same as that one. */
  access: AccessLevel;
  /** Unique per actor. The same one again is the same change. */
  requestId: string;
  /** When the key expires; null for never. */
  expiresAt: Date | null;
  /**
   * Whether the key is removed at its date, also where it could be switched off. Left out: no. A key that replaces another
   * ends in the same way as that one.
   */
  removeAtExpiration?: boolean | undefined;
  /** For how long the old key is kept beside the new one; null for not at all. */
  overlapSeconds: number | null;
  /** The e-mail address of the person for whom a new key is. A key that replaces another is for the same person. */
  madeFor?: string | undefined;
}

/** A change that is written down and may now touch the storage system. */
export interface Change extends UndoableChange {
  /** What the key may do. */
  access: AccessLevel;
  createdAt: Date;
  /** When the key expires; null for never. */
  expiresAt: Date | null;
  /** Whether a current key goes on working meanwhile. */
  current: boolean;
}

/** Why nothing was begun. `overdue` names an operation that must be undone first. */
export type NotBegun =
  | { outcome: "already-done" }
  | { outcome: "overdue"; operationId: string; current: boolean }
  | { outcome: "refused"; reason: Refusal; facts: RefusalFacts };

/** What was decided of a change that may be made. */
export interface Decided {
  ok: true;
  region: Region;
  /** What the key may do. */
  access: AccessLevel;
  /** For whom the key is, where that is said. */
  madeForId: string | null;
  /** Whether the key is removed at its date. */
  removeAtExpiration: boolean;
  /** The key that it replaces. */
  replaced: SlotKey | undefined;
  /** Whether a current key goes on working meanwhile. */
  current: boolean;
}

/**
 * Step 1. Decides whether the key may be made, and writes operation, key and audit line, in the transaction that takes
 * the lease: before any call to the storage system. `marker` is the installation's, for the access key id.
 */
export async function writeAhead(
  tx: Transaction,
  beginning: Beginning,
  request: IssueRequest,
  marker: string,
): Promise<Decision<Change, NotBegun>> {
  const decided = await decideChange(tx, beginning, request);
  if (!decided.ok) return decided;
  const { region, access, madeForId, removeAtExpiration, current } = decided;
  const { expiresAt } = request;
  const inputHash = hashRequest(request);
  const facts = { accessKeyId: composeAccessKeyId(marker, randomText), inputHash, madeForId };
  const write = async () => ({
    ...(await insertChange(tx, beginning, region, { ...request, access, removeAtExpiration }, facts)),
    access,
    current,
    expiresAt,
  });
  return { ok: true, write };
}

/** Decides whether the key may be made. It only reads. */
export async function decideChange(
  tx: Transaction,
  { principal, now }: Pick<Beginning, "principal" | "now">,
  request: IssueRequest,
): Promise<Decided | { ok: false; refused: NotBegun }> {
  // The key is made where the region points to now: nobody moves the region until the key is written down.
  await lockRow(tx, "regions", principal.regionId, "share");
  const region = await tx.region.findUniqueOrThrow({ where: { id: principal.regionId } });
  const { slot } = request;
  const keys = await listLiveKeys(tx, { principalId: principal.id, slot });
  const current = keys.some((key) => key.state === "ACTIVE");

  const inputHash = hashRequest(request);
  const repeated = await findRequested(tx, request.scope.actor.userId, request.requestId);
  if (repeated) return { ok: false, refused: describeRepeated(repeated, inputHash, current, now) };
  const pending = keys.find((key) => PENDING_STATES.includes(key.state));
  if (pending) return { ok: false, refused: await describePending(tx, pending, current, now) };

  const { suspendedUntil } = principal;
  const { expiresAt, overlapSeconds } = request;
  const replaced = keys.find((key) => CURRENT_STATES.includes(key.state));
  const access = replaced?.access ?? request.access;
  const removeAtExpiration = replaced?.removeAtExpiration ?? request.removeAtExpiration ?? false;
  const removalOpen = suspendedUntil !== null && (await isRemovalOpen(tx, principal.id));
  const states = keys.map((key) => key.state);
  const recipient = request.madeFor === undefined ? undefined : await findRecipient(tx, request.scope, request.madeFor);
  const situation = {
    states,
    name: slot === DEFAULT_SLOT ? undefined : slot,
    names: slot === DEFAULT_SLOT ? [] : await listKeyNames(tx, principal.id),
    namesMax: env.LATCHKEY_NAMED_KEYS,
    closure: await findClosure(tx, request.scope.projectId, region),
    suspendedUntil,
    removalOpen,
    expiresAt,
    recipient,
    ...findImpossible(region, { overlapSeconds, access }),
  };
  const decision = decideIssue(request.kind, situation, now);
  const from = removalOpen ? undefined : (suspendedUntil ?? undefined);
  if (!decision.ok) return { ok: false, refused: refuse(decision.reason, { from }) };
  const madeForId = recipient?.userId ?? replaced?.madeForId ?? null;
  return { ok: true, region, access, madeForId, removeAtExpiration, replaced, current };
}

/** What the storage system cannot do of what is asked for. Its settings are read only where something is asked for. */
function findImpossible(
  region: Region,
  { overlapSeconds, access }: Pick<IssueRequest, "overlapSeconds" | "access">,
): Pick<SlotSituation, "overlapImpossible" | "accessImpossible"> {
  if (overlapSeconds === null && access === "FULL") return { overlapImpossible: false, accessImpossible: false };
  const { overlap, readOnly } = openProvider(region).capabilities;
  return {
    overlapImpossible: overlapSeconds !== null && !overlap,
    accessImpossible: access === "READ_ONLY" && readOnly === "none",
  };
}

async function insertChange(
  tx: Transaction,
  { principal, fence, until }: Beginning,
  region: Region,
  request: IssueRequest,
  { accessKeyId, inputHash, madeForId }: { accessKeyId: string; inputHash: string; madeForId: string | null },
): Promise<UndoableChange & { createdAt: Date }> {
  const { scope, kind, slot, access, requestId, expiresAt, removeAtExpiration, overlapSeconds } = request;
  const { projectId, actor } = scope;
  const owner = { projectId, regionId: region.id, principalId: principal.id, slot };
  const { id: keyId, createdAt } = await tx.accessKey.create({
    data: {
      ...owner,
      access,
      accessKeyId,
      state: "CREATING",
      createdById: actor.userId,
      madeForId,
      expiresAt,
      removeAtExpiration: removeAtExpiration ?? false,
    },
    select: { id: true, createdAt: true },
  });
  const { id: operationId } = await tx.operation.create({
    data: {
      ...owner,
      kind,
      state: "PENDING",
      actorId: actor.userId,
      requestId,
      inputHash,
      keyId,
      overlapSeconds,
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
    data: {
      kind,
      region: region.name,
      accessKeyId,
      ...(slot === DEFAULT_SLOT ? {} : { name: slot, access }),
      ...(request.madeFor === undefined ? {} : { madeFor: request.madeFor }),
      ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
      ...(expiresAt && removeAtExpiration ? { removeAtExpiration } : {}),
    },
  });
  return { operationId, keyId, accessKeyId, kind, requestId, projectId, principal, region, createdAt };
}

function describeRepeated(repeated: Operation, inputHash: string, current: boolean, now: Date): NotBegun {
  if (repeated.inputHash !== inputHash) return refuse("request-reused", { current });
  if (repeated.state === "DONE") return { outcome: "already-done" };
  if (repeated.state === "CANCELLED") return refuse("superseded");
  if (repeated.state === "FAILED") return refuse("undelivered", { current });
  if (isOverdue(repeated, now)) return { outcome: "overdue", operationId: repeated.id, current };
  return refuse("unconfirmed", { current });
}

async function describePending(tx: Transaction, key: SlotKey, current: boolean, now: Date): Promise<NotBegun> {
  const operation = await findMaking(tx, key.id);
  if (operation && isOverdue(operation, now)) {
    return { outcome: "overdue", operationId: operation.id, current };
  }
  return refuse("busy", { who: operation?.actor.name });
}

function hashRequest(request: IssueRequest): string {
  const { kind, scope, region, slot, access, expiresAt, overlapSeconds, madeFor } = request;
  const { projectId } = scope;
  const values = [access, expiresAt?.toISOString() ?? "never", `overlap ${overlapSeconds ?? 0}`];
  if (madeFor !== undefined) values.push(`for ${madeFor}`);
  if (request.removeAtExpiration) values.push("removed at its date");
  return hashInput(kind, { projectId, region, slot }, ...values);
}

function refuse(reason: Refusal, facts: RefusalFacts = {}): NotBegun {
  return { outcome: "refused", reason, facts };
}
