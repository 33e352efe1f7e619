import { createHash } from "node:crypto";
import type { Operation } from "@/prisma/generated/client";

export type OperationState = Operation["state"];
export type OpenOperation = Pick<Operation, "state" | "dueAt">;

export type OperationKind = Operation["kind"];

/** The operations that make a key. Undone when they are not finished in time. */
export const MAKING_KINDS = ["ENABLE", "REGENERATE"] as const satisfies readonly OperationKind[];
/** The operations that change an existing key, and involve no secret. Carried out when they are not finished in time. */
export const ADJUSTING_KINDS = ["DEACTIVATE", "ACTIVATE", "SET_EXPIRATION"] as const satisfies readonly OperationKind[];

export type MakingKind = (typeof MAKING_KINDS)[number];
export type AdjustingKind = (typeof ADJUSTING_KINDS)[number];

export const isMaking = (kind: OperationKind): kind is MakingKind => MAKING_KINDS.some((making) => making === kind);
export const isAdjusting = (kind: OperationKind): kind is AdjustingKind =>
  ADJUSTING_KINDS.some((adjusting) => adjusting === kind);

/** The states of an operation that has not come to its end. */
export const OPEN_STATES: readonly OperationState[] = ["PENDING", "DELIVERING", "UNDOING"];

/** Whether an operation has come to its end, one way or the other: it does not change any more. */
export function isOver(state: OperationState): boolean {
  return !OPEN_STATES.includes(state);
}

/**
 * Whether an operation is to be settled now: its process is gone, or its secret was not acknowledged in time. One that
 * makes a key is undone, one that changes a key is carried out.
 */
export function isOverdue(operation: OpenOperation, now: Date): boolean {
  if (operation.state === "UNDOING") return true;
  if (isOver(operation.state)) return false;
  return operation.dueAt !== null && operation.dueAt.getTime() <= now.getTime();
}

/**
 * The hash that binds a request id to its input: the same id with another input is another request, which is refused.
 */
export function hashInput(
  kind: OperationKind,
  { projectId, region, slot }: { projectId: string; region: string; slot: string },
  ...values: string[]
): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, projectId, region, slot, ...values]))
    .digest("hex");
}
