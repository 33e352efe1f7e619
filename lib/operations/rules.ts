/** How long a delivered secret may stay without acknowledgement. Seconds. */
export const ACKNOWLEDGE_SECONDS = 60;

/** How long all steps on the storage system under one lease may take together. Milliseconds. */
export const ACT_DEADLINE_MS = 25_000;

/** How long a new pair may take to be accepted at every gateway: a 201 proves nothing. Milliseconds. */
export const PROVE_DEADLINE_MS = 6_000;
export const PROVE_PAUSE_MS = 100;

/** How long a change waits for a removal or a sweep that holds the lease, and how often it looks. Milliseconds. */
export const OCCUPIED_WAIT_MS = 5_000;
export const OCCUPIED_PAUSE_MS = 150;

/** How long after its end a key's id is still looked for on the storage system: a timed-out write may land late. */
export const TOMBSTONE_DAYS = 30;

/** When a principal is looked at again after a change of which nobody knows how it ended. Seconds. */
export const SWEEP_AFTER_SECONDS = [20, 90] as const;

export interface OpenOperation {
  state: "PENDING" | "DELIVERING" | "UNDOING" | "DONE" | "FAILED" | "CANCELLED";
  dueAt: Date | null;
}

/** Whether an operation has come to its end, one way or the other: it is not changed any more. */
export function isOver(state: OpenOperation["state"]): boolean {
  return state === "DONE" || state === "FAILED" || state === "CANCELLED";
}

/** Whether an operation is to be undone now: its holder is gone, or its secret was never acknowledged. */
export function mustBeUndone(operation: OpenOperation, now: Date): boolean {
  if (operation.state === "UNDOING") return true;
  if (isOver(operation.state)) return false;
  return operation.dueAt !== null && operation.dueAt.getTime() <= now.getTime();
}

/** The key of the job that undoes an operation. */
export function undoJobKey(operationId: string): string {
  return `${operationId}:undo`;
}
