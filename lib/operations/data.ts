import "server-only";
import { OPEN_STATES, type OperationState } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import type { AccessKey, Operation, Principal, Region } from "@/prisma/generated/client";

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
  const where = { keyId };
  const operation = await tx.operation.findFirst({ where, include: { actor: { select: { name: true } } } });
  return operation ?? undefined;
}

/** The state of an operation; undefined when there is none. */
export async function readOperationState(operationId: string): Promise<OperationState | undefined> {
  const operation = await db.operation.findUnique({ where: { id: operationId }, select: { state: true } });
  return operation?.state;
}

/** An operation that makes a key, with all that a change of it needs. */
export interface MakingOperation {
  operation: Operation;
  kind: Exclude<Operation["kind"], "DISABLE">;
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
  if (kind === "DISABLE" || operation.keyId === null) return undefined;
  // One read after the other: an include of several relations sends them at once, which a connection does not like.
  const key = await tx.accessKey.findUniqueOrThrow({ where: { id: operation.keyId } });
  const principal = await tx.principal.findUniqueOrThrow({ where: { id: operation.principalId } });
  const region = await tx.region.findUniqueOrThrow({ where: { id: operation.regionId } });
  return { operation, kind, key, principal, region, now: await readDatabaseClock(tx) };
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

/** Cancels the open operations of a principal, and gives how many there were. */
export async function cancelOpenOperations(tx: Transaction, principalId: string, now: Date): Promise<number> {
  const { count } = await tx.operation.updateMany({
    where: { principalId, state: { in: [...OPEN_STATES] } },
    data: { state: "CANCELLED", finishedAt: now, dueAt: null },
  });
  return count;
}

/** Operations that must be undone, and whose undo no process may be working on. By id, those after `after`. */
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
