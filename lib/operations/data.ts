import "server-only";
import type { OpenOperation } from "@/lib/operations/rules";
import { sql, type Statements } from "@/lib/platform/sql";

export interface RequestedOperation extends OpenOperation {
  id: string;
  inputHash: string;
}

/** The operation that a person's request id already led to. */
export async function findRequested(
  tx: Statements,
  actorId: string,
  requestId: string,
): Promise<RequestedOperation | undefined> {
  const [operation] = await tx.$queryRaw<RequestedOperation[]>`
    SELECT id, input_hash AS "inputHash", state::text, due_at AS "dueAt" FROM operations
    WHERE actor_id = ${actorId}::uuid AND request_id = ${requestId}::uuid`;
  return operation;
}

/** The operation that makes a key, and the name of the person whose it is. */
export async function findMaking(
  tx: Statements,
  keyId: string,
): Promise<(OpenOperation & { id: string; actor: string }) | undefined> {
  const [operation] = await tx.$queryRaw<(OpenOperation & { id: string; actor: string })[]>`
    SELECT o.id, o.state::text, o.due_at AS "dueAt", u.name AS actor
    FROM operations o JOIN users u ON u.id = o.actor_id WHERE o.key_id = ${keyId}::uuid`;
  return operation;
}

/** The state of an operation; undefined when there is none. */
export async function readOperationState(operationId: string): Promise<OpenOperation["state"] | undefined> {
  const [operation] = await sql.$queryRaw<{ state: OpenOperation["state"] }[]>`
    SELECT state::text FROM operations WHERE id = ${operationId}::uuid`;
  return operation?.state;
}

/** What an operation that makes a key was asked for, and by which request. */
export async function readOrigin(
  tx: Statements,
  operationId: string,
): Promise<{ kind: "ENABLE" | "REGENERATE"; projectId: string; requestId: string }> {
  const [operation] = await tx.$queryRaw<{ kind: "ENABLE" | "REGENERATE"; projectId: string; requestId: string }[]>`
    SELECT kind::text, project_id AS "projectId", request_id AS "requestId" FROM operations WHERE id = ${operationId}::uuid`;
  if (!operation) throw new Error(`there is no operation ${operationId}`);
  return operation;
}

/** Locks the principal of an operation, which goes before the operation itself: see `lockOperation`. */
export async function lockPrincipalOf(tx: Statements, operationId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT id FROM principals
    WHERE id = (SELECT principal_id FROM operations WHERE id = ${operationId}::uuid) FOR UPDATE`;
}

export interface MakingOperation extends OpenOperation {
  keyId: string;
  accessKeyId: string;
  principal: { id: string; externalId: string };
  /** By name. */
  region: string;
  failureReason: string | null;
  /** The transaction's time. */
  now: Date;
}

/**
 * Locks an operation that makes a key, and reads it. Its principal goes first: every change locks in this order, so
 * none waits in a circle. Undefined when there is none.
 */
export async function lockMakingOperation(tx: Statements, operationId: string): Promise<MakingOperation | undefined> {
  type Row = Omit<MakingOperation, "principal"> & { principalId: string; externalId: string };
  const [, [row]] = await Promise.all([
    lockPrincipalOf(tx, operationId),
    tx.$queryRaw<Row[]>`
      SELECT o.state::text, o.due_at AS "dueAt", o.failure_reason AS "failureReason", k.id AS "keyId",
        k.access_key_id AS "accessKeyId", p.id AS "principalId", p.external_id AS "externalId", r.name AS region, now()
      FROM operations o JOIN access_keys k ON k.id = o.key_id JOIN principals p ON p.id = o.principal_id
        JOIN regions r ON r.id = o.region_id
      WHERE o.id = ${operationId}::uuid FOR UPDATE OF o`,
  ]);
  if (!row) return undefined;
  const { principalId, externalId, ...operation } = row;
  return { ...operation, principal: { id: principalId, externalId } };
}

/** Operations that must be undone and whose undo no process may be working on. By id, those after `after`. */
export async function listOverdueOperations(after: string, limit: number): Promise<string[]> {
  const rows = await sql.$queryRaw<{ id: string }[]>`
    SELECT id FROM operations
    WHERE id > ${after}::uuid AND (state = 'UNDOING' OR (state IN ('PENDING', 'DELIVERING') AND due_at <= now()))
    ORDER BY id LIMIT ${limit}`;
  return rows.map((row) => row.id);
}
