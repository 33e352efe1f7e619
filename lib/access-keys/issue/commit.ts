import "server-only";
import { moveKey, type SlotKey } from "@/lib/access-keys/data";
import { endKeys } from "@/lib/access-keys/revoke/mark-revoking";
import type { IssueKind } from "@/lib/access-keys/rules";
import { recordEvent } from "@/lib/audit/record";
import type { ProjectScope } from "@/lib/gate/scope";
import { moveOperation, type OperationState } from "@/lib/operations/mutations";
import type { Statements } from "@/lib/platform/sql";

/** An issued pair and the operation that made it, read under the lock of their principal. */
export interface IssuedPair {
  scope: ProjectScope;
  operationId: string;
  state: OperationState;
  kind: IssueKind;
  requestId: string;
  keyId: string;
  accessKeyId: string;
  /** By name. */
  region: string;
  /** The transaction's time. */
  now: Date;
}

/**
 * The new pair becomes the current one and the end of the one that it replaces is decided, all or nothing, in the
 * caller's transaction; the removal can start when that is committed.
 */
export async function commitPair(tx: Statements, pair: IssuedPair, replaced: SlotKey[]): Promise<void> {
  const { scope, operationId, kind, requestId, keyId, accessKeyId, region, now } = pair;
  const facts = { actor: scope.actor, projectId: scope.projectId, requestId };
  const [, ...moved] = await Promise.all([
    // The old pair first: only one may be current.
    endKeys(tx, { ...facts, keys: replaced, region, cause: "regenerated", at: now }),
    // Where the reply is the delivery, nobody was to see it in between.
    moveKey(tx, keyId, pair.state === "PENDING" ? ["issue", "acknowledge"] : "acknowledge", { activatedAt: now }),
    moveOperation(tx, operationId, { from: [pair.state], to: "DONE", finishedAt: now, dueAt: null }),
    recordEvent(tx, {
      ...facts,
      event: "key.committed",
      outcome: "done",
      keyId,
      data: { kind, region, accessKeyId, ...(replaced[0] ? { replaced: replaced[0].accessKeyId } : {}) },
    }),
  ]);
  if (moved.includes(false)) throw new Error(`operation ${operationId} and its key do not stand alike`);
}
