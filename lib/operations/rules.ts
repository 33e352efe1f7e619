import { createHash } from "node:crypto";
import type { Operation } from "@/prisma/generated/client";

export type OperationState = Operation["state"];
export type OpenOperation = Pick<Operation, "state" | "dueAt">;

/** The states of an operation that has not come to its end. */
export const OPEN_STATES: readonly OperationState[] = ["PENDING", "DELIVERING", "UNDOING"];

/** Whether an operation has come to its end, one way or the other: it does not change any more. */
export function isOver(state: OperationState): boolean {
  return !OPEN_STATES.includes(state);
}

/** Whether an operation is to be undone now: its process is gone, or its secret was not acknowledged in time. */
export function mustBeUndone(operation: OpenOperation, now: Date): boolean {
  if (operation.state === "UNDOING") return true;
  if (isOver(operation.state)) return false;
  return operation.dueAt !== null && operation.dueAt.getTime() <= now.getTime();
}

/**
 * The hash that binds a request id to its input: the same id with another input is another request, which is refused.
 */
export function hashInput(kind: Operation["kind"], projectId: string, region: string): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, projectId, region]))
    .digest("hex");
}
