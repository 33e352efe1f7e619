import "server-only";
import { listLiveKeys, moveKey } from "@/lib/access-keys/data";
import { endKeys } from "@/lib/access-keys/mutations/end-keys";
import { CURRENT_STATES, describeRefusal, type IssueKind } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { lockPrincipalOf } from "@/lib/operations/data";
import { moveOperation } from "@/lib/operations/mutations";
import { AppError } from "@/lib/platform/errors";
import { type Statements, transact } from "@/lib/platform/sql";

export type AcknowledgeOutcome =
  | { ok: true; revoking: string[] }
  | { ok: false; reason: Refusal; message: string };

/**
 * Transaction 2: the browser has the secret, so the new pair becomes the current one and the old one's end is
 * decided, all or nothing. Called again it answers the same. `revoking`: the keys whose removal can start now.
 * No fence is compared: whoever takes an operation over changes its state in the transaction that takes the lease.
 */
export async function acknowledgeSecret(scope: ProjectScope, operationId: string): Promise<AcknowledgeOutcome> {
  await connectQueue();
  return transact(async (tx) => {
    const [, operation] = await Promise.all([
      assertStillAllowed(tx, scope, "keys:issue"),
      lockOwnOperation(tx, scope, operationId),
    ]);
    if (!operation) throw new AppError("NOT_FOUND", "operation is not there for the caller");
    if (operation.state === "DONE") return { ok: true, revoking: [] };
    if (operation.state === "CANCELLED") return refuse("superseded");
    const { now } = operation;
    const late = operation.dueAt === null || operation.dueAt.getTime() <= now.getTime();
    if (operation.state !== "DELIVERING" || late) return refuse("undelivered");

    const replaced = (await listLiveKeys(tx, operation.principalId)).filter((key) => CURRENT_STATES.includes(key.state));
    const revoking = await endKeys(tx, {
      keys: replaced,
      actor: scope.actor,
      projectId: scope.projectId,
      region: operation.region,
      requestId: operation.requestId,
      cause: "regenerated",
      at: now,
    });
    const [moved] = await Promise.all([
      moveKey(tx, operation.keyId, "acknowledge", { activatedAt: now }),
      moveOperation(tx, operationId, { from: ["DELIVERING"], to: "DONE", finishedAt: now, dueAt: null }),
      recordEvent(tx, {
        event: "key.committed",
        outcome: "done",
        actor: scope.actor,
        projectId: scope.projectId,
        keyId: operation.keyId,
        requestId: operation.requestId,
        data: {
          kind: operation.kind,
          region: operation.region,
          accessKeyId: operation.accessKeyId,
          ...(replaced[0] ? { replaced: replaced[0].accessKeyId } : {}),
        },
      }),
    ]);
    if (!moved) throw new AppError("CONFLICT", "the issued key is in another state than its operation");
    return { ok: true, revoking };
  });
}

interface OwnOperation {
  kind: IssueKind;
  state: string;
  requestId: string;
  dueAt: Date | null;
  principalId: string;
  keyId: string;
  accessKeyId: string;
  region: string;
  /** The transaction's time. */
  now: Date;
}

/** The caller's own operation that made a key, read after its principal and it are locked. */
async function lockOwnOperation(tx: Statements, scope: ProjectScope, operationId: string): Promise<OwnOperation | undefined> {
  const locking = lockPrincipalOf(tx, operationId);
  const [operation] = await tx.$queryRaw<OwnOperation[]>`
    SELECT o.kind::text, o.state::text, o.request_id AS "requestId", o.due_at AS "dueAt", o.principal_id AS "principalId",
      k.id AS "keyId", k.access_key_id AS "accessKeyId", r.name AS region, now()
    FROM operations o JOIN access_keys k ON k.id = o.key_id JOIN regions r ON r.id = o.region_id
    WHERE o.id = ${operationId}::uuid AND o.project_id = ${scope.projectId}::uuid AND o.actor_id = ${scope.actor.userId}::uuid
    FOR UPDATE OF o`;
  await locking;
  return operation;
}

function refuse(reason: Refusal): AcknowledgeOutcome {
  return { ok: false, reason, message: describeRefusal(reason) };
}
