import "server-only";
import { listCurrentKeys } from "@/lib/access-keys/data";
import { commitPair, type IssuedPair } from "@/lib/access-keys/issue/commit";
import { describeRefusal } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { lockPrincipalOf } from "@/lib/operations/data";
import { AppError } from "@/lib/platform/errors";
import { type Statements, transact } from "@/lib/platform/sql";

export type AcknowledgeOutcome = { ok: true; revoking: string[] } | { ok: false; reason: Refusal; message: string };

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

    const replaced = await listCurrentKeys(tx, scope.projectId, operation.region);
    await commitPair(tx, { ...operation, scope, operationId }, replaced);
    return { ok: true, revoking: replaced.map(({ id }) => id) };
  });
}

type OwnOperation = Omit<IssuedPair, "scope" | "operationId"> & { dueAt: Date | null };

/** The caller's own operation that made a key, read after its principal and it are locked. */
async function lockOwnOperation(
  tx: Statements,
  scope: ProjectScope,
  operationId: string,
): Promise<OwnOperation | undefined> {
  const [, [operation]] = await Promise.all([
    lockPrincipalOf(tx, operationId),
    tx.$queryRaw<OwnOperation[]>`
      SELECT o.kind::text, o.state::text, o.request_id AS "requestId", o.due_at AS "dueAt", k.id AS "keyId",
        k.access_key_id AS "accessKeyId", r.name AS region, now()
      FROM operations o JOIN access_keys k ON k.id = o.key_id JOIN regions r ON r.id = o.region_id
      WHERE o.id = ${operationId}::uuid AND o.project_id = ${scope.projectId}::uuid AND o.actor_id = ${scope.actor.userId}::uuid
      FOR UPDATE OF o`,
  ]);
  return operation;
}

function refuse(reason: Refusal): AcknowledgeOutcome {
  return { ok: false, reason, message: describeRefusal(reason) };
}
