import "server-only";
import {
  ADJUSTING_KINDS,
  type AdjustingKind,
  isAdjusting,
  isMaking,
  MAKING_KINDS,
  type MakingKind,
  OPEN_STATES,
  type OperationState,
} from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import type { AccessKey, Operation, Principal, Prisma, Region } from "@/prisma/generated/client";

/** The operation that a person's request id already led to. */
export async function findRequested(
  tx: Transaction,
  actorId: string,
  requestId: string,
): Promise<Operation | undefined> {
  const operation = await tx.operation.findUnique({ where: { actorId_requestId: { actorId, requestId } } });
  return operation ?? undefined;
}

/** The operation that makes a key, and the name of the person who asked for it. */
export async function findMaking(
  tx: Transaction,
  keyId: string,
): Promise<(Operation & { actor: { name: string } }) | undefined> {
  const where = { keyId, kind: { in: [...MAKING_KINDS] } };
  const operation = await tx.operation.findFirst({ where, include: { actor: { select: { name: true } } } });
  return operation ?? undefined;
}

/** An operation; undefined when there is none. */
export async function readOperation(operationId: string): Promise<Operation | undefined> {
  return (await db.operation.findUnique({ where: { id: operationId } })) ?? undefined;
}

/** The state of an operation; undefined when there is none. */
export async function readOperationState(operationId: string): Promise<OperationState | undefined> {
  return (await readOperation(operationId))?.state;
}

/** An operation that makes a key, with all that a change of it needs. */
export interface MakingOperation {
  operation: Operation;
  kind: MakingKind;
  key: AccessKey;
  principal: Principal;
  region: Region;
  /** The database's time after the locks were given. */
  now: Date;
}

/**
 * Locks an operation that makes a key, after its principal, until the transaction ends. Undefined when there is none.
 */
export async function lockMakingOperation(tx: Transaction, id: string): Promise<MakingOperation | undefined> {
  const found = await tx.operation.findUnique({ where: { id }, select: { principalId: true } });
  if (!found) return undefined;
  await lockRow(tx, "principals", found.principalId, "update");
  await lockRow(tx, "operations", id, "update");
  const operation = await tx.operation.findUniqueOrThrow({ where: { id } });
  const { kind } = operation;
  if (!isMaking(kind) || operation.keyId === null) return undefined;
  // One read after the other: an include of several relations sends them at once, which a connection does not like.
  const key = await tx.accessKey.findUniqueOrThrow({ where: { id: operation.keyId } });
  const principal = await tx.principal.findUniqueOrThrow({ where: { id: operation.principalId } });
  const region = await tx.region.findUniqueOrThrow({ where: { id: operation.regionId } });
  return { operation, kind, key, principal, region, now: await readDatabaseClock(tx) };
}

/** An operation that changes an existing key, with all that it needs. */
export interface AdjustingOperation {
  operation: Operation;
  kind: AdjustingKind;
  key: AccessKey;
  principal: Principal;
  region: Region;
  /** Who asked for it. */
  actor: { userId: string; name: string };
}

/** Locks an operation that changes a key. The caller has locked its principal. Undefined when there is none. */
export async function lockAdjustingOperation(tx: Transaction, id: string): Promise<AdjustingOperation | undefined> {
  await lockRow(tx, "operations", id, "update");
  const operation = await tx.operation.findUnique({ where: { id } });
  if (!operation || !isAdjusting(operation.kind) || operation.keyId === null) return undefined;
  const { kind } = operation;
  const key = await tx.accessKey.findUniqueOrThrow({ where: { id: operation.keyId } });
  const principal = await tx.principal.findUniqueOrThrow({ where: { id: operation.principalId } });
  const region = await tx.region.findUniqueOrThrow({ where: { id: operation.regionId } });
  const { name } = await tx.user.findUniqueOrThrow({ where: { id: operation.actorId }, select: { name: true } });
  return { operation, kind, key, principal, region, actor: { userId: operation.actorId, name } };
}

/** Ends an operation that was not carried out and changed nothing. Does nothing to one that is over. */
export async function failOperation(tx: Transaction, id: string, failureReason: string): Promise<void> {
  const finishedAt = await readDatabaseClock(tx);
  await moveOperation(tx, id, { from: ["PENDING"], to: "FAILED", finishedAt, failureReason, dueAt: null });
}

export interface OperationMove {
  from: readonly OperationState[];
  to: OperationState;
  /** What is left out stays. */
  dueAt?: Date | null;
  finishedAt?: Date;
  failureReason?: string;
}

/** Moves an operation that is in one of the states when the row is written. False when it is not. */
export async function moveOperation(
  tx: Transaction,
  id: string,
  { from, to, ...facts }: OperationMove,
): Promise<boolean> {
  const { count } = await tx.operation.updateMany({
    where: { id, state: { in: [...from] } },
    data: { ...facts, state: to },
  });
  return count === 1;
}

/** Cancels the open operations of a slot, and gives how many there were. */
export async function cancelOpenOperations(
  tx: Transaction,
  { principalId, slot }: { principalId: string; slot: string },
  now: Date,
): Promise<number> {
  const { count } = await tx.operation.updateMany({
    where: { principalId, slot, state: { in: [...OPEN_STATES] } },
    data: { state: "CANCELLED", finishedAt: now, dueAt: null },
  });
  return count;
}

/** The changes of principals that are written down and not over. They stand only while the principals are locked. */
export function listOpenOperations(
  tx: Transaction,
  principalIds: readonly string[],
): Promise<Pick<Operation, "id" | "principalId" | "slot" | "fence">[]> {
  return tx.operation.findMany({
    where: { principalId: { in: [...principalIds] }, state: { in: [...OPEN_STATES] } },
    select: { id: true, principalId: true, slot: true, fence: true },
  });
}

/** Cancels operations that are open. */
export async function cancelOperations(tx: Transaction, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.operation.updateMany({
    where: { id: { in: [...ids] }, state: { in: [...OPEN_STATES] } },
    data: { state: "CANCELLED", finishedAt: now, dueAt: null },
  });
}

/** Writes down changes that are done when the transaction commits. */
export async function createFinished(
  tx: Transaction,
  operations: readonly Omit<Prisma.OperationCreateManyInput, "state">[],
): Promise<void> {
  await tx.operation.createMany({ data: operations.map((operation) => ({ ...operation, state: "DONE" as const })) });
}

/** Whether the lease of a principal was taken for a change of another slot than this. The caller has locked it. */
export async function isHeldForAnotherSlot(
  tx: Transaction,
  { id: principalId, fence }: Pick<Principal, "id" | "fence">,
  slot: string,
): Promise<boolean> {
  const where = { principalId, fence, slot: { not: slot }, state: { in: [...OPEN_STATES] } };
  return (await tx.operation.count({ where })) > 0;
}

/**
 * Cancels the open operations that adjust a key. The caller holds the lock of its principal, and nobody has the lease:
 * the processes of these operations are gone, and the newest intention counts.
 */
export async function cancelOpenAdjustments(tx: Transaction, keyId: string, now: Date): Promise<void> {
  await tx.operation.updateMany({
    where: { keyId, kind: { in: [...ADJUSTING_KINDS] }, state: { in: [...OPEN_STATES] } },
    data: { state: "CANCELLED", finishedAt: now, dueAt: null },
  });
}

/** Operations that must be settled, and which no process may be working on. By id, those after `after`. */
export async function listOverdueOperations(after: string, limit: number): Promise<string[]> {
  const now = await readDatabaseClock(db);
  const rows = await db.operation.findMany({
    where: {
      id: { gt: after },
      OR: [{ state: "UNDOING" }, { state: { in: ["PENDING", "DELIVERING"] }, dueAt: { lte: now } }],
    },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
