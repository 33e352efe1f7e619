import "server-only";
import type { OpenOperation } from "@/lib/operations/rules";
import type { Statements } from "@/lib/platform/sql";

export type OperationState = OpenOperation["state"];

export interface NewOperation {
  id: string;
  kind: "ENABLE" | "REGENERATE" | "DISABLE";
  state: OperationState;
  actorId: string;
  requestId: string;
  inputHash: string;
  projectId: string;
  regionId: string;
  principalId: string;
  /** The key that it makes; null for a disable. */
  keyId: string | null;
  fence: bigint;
  dueAt: Date | null;
  finishedAt: Date | null;
}

/** Writes an operation down. Its actor and request id together are unique: the same request is one change. */
export async function insertOperation(tx: Statements, operation: NewOperation): Promise<void> {
  const { id, kind, state, actorId, requestId, inputHash, projectId, regionId, principalId, keyId, fence } = operation;
  await tx.$queryRaw`
    INSERT INTO operations
      (id, kind, state, actor_id, request_id, input_hash, project_id, region_id, principal_id, key_id, fence, due_at, finished_at)
    VALUES (${id}::uuid, ${kind}::operation_kind, ${state}::operation_state, ${actorId}::uuid, ${requestId}::uuid, ${inputHash},
      ${projectId}::uuid, ${regionId}::uuid, ${principalId}::uuid, ${keyId}::uuid, ${fence}::bigint,
      ${operation.dueAt}::timestamptz, ${operation.finishedAt}::timestamptz)`;
}

export interface OperationMove {
  from: OperationState[];
  to: OperationState;
  /** Left out, it stays. */
  dueAt?: Date | null;
  finishedAt?: Date;
  failureReason?: string;
}

/** Moves an operation that is in one of the states when the row is written. False when it is not. */
export async function moveOperation(tx: Statements, id: string, move: OperationMove): Promise<boolean> {
  const { from, to, dueAt, finishedAt, failureReason } = move;
  const moved = await tx.$queryRaw<unknown[]>`
    UPDATE operations SET state = ${to}::operation_state,
      due_at = CASE WHEN ${dueAt === undefined}::boolean THEN due_at ELSE ${dueAt ?? null}::timestamptz END,
      finished_at = COALESCE(${finishedAt ?? null}::timestamptz, finished_at),
      failure_reason = COALESCE(${failureReason ?? null}::text, failure_reason)
    WHERE id = ${id}::uuid AND state = ANY(${from}::operation_state[]) RETURNING id`;
  return moved.length === 1;
}

/** Cancels what is open for a principal, and tells how many that were. */
export async function cancelOpenOperations(tx: Statements, principalId: string, now: Date): Promise<number> {
  const cancelled = await tx.$queryRaw<unknown[]>`
    UPDATE operations SET state = 'CANCELLED', finished_at = ${now}::timestamptz, due_at = NULL
    WHERE principal_id = ${principalId}::uuid AND state IN ('PENDING', 'DELIVERING', 'UNDOING') RETURNING id`;
  return cancelled.length;
}
