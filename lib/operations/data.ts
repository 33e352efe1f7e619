import "server-only";
import { db, type Transaction } from "@/lib/platform/db";

/** Locks the principal of an operation, which goes before the operation itself: see `lockOperation`. */
export async function lockPrincipalOf(tx: Transaction, operationId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT id FROM principals
    WHERE id = (SELECT principal_id FROM operations WHERE id = ${operationId}::uuid) FOR UPDATE`;
}

/** Locks an operation. Its principal goes first: every change locks in this order, so none waits in a circle. */
export async function lockOperation(tx: Transaction, operationId: string): Promise<void> {
  await lockPrincipalOf(tx, operationId);
  await tx.$queryRaw`SELECT id FROM operations WHERE id = ${operationId}::uuid FOR UPDATE`;
}

/** Operations that must be undone and whose undo no process may be working on. Oldest first. */
export async function listOverdueOperations(limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM operations
    WHERE state = 'UNDOING' OR (state IN ('PENDING', 'DELIVERING') AND due_at <= now())
    ORDER BY created_at LIMIT ${limit}`;
  return rows.map((row) => row.id);
}
