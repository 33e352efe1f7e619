import "server-only";
import { listLiveKeys, moveKey } from "@/lib/access-keys/data";
import { endKeys } from "@/lib/access-keys/mutations/end-keys";
import { CURRENT_STATES, describeRefusal } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { lockOperation } from "@/lib/operations/data";
import { db, readDatabaseClock } from "@/lib/platform/db";
import { AppError } from "@/lib/platform/errors";

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
  return db.$transaction(async (tx) => {
    await assertStillAllowed(tx, scope, "keys:issue");
    await lockOperation(tx, operationId);
    const operation = await tx.operation.findFirst({
      where: { id: operationId, projectId: scope.projectId, actorId: scope.actor.userId, keyId: { not: null } },
      include: { key: true, region: true },
    });
    if (!operation?.key) throw new AppError("NOT_FOUND", "operation is not there for the caller");
    if (operation.state === "DONE") return { ok: true, revoking: [] };
    if (operation.state === "CANCELLED") return refuse("superseded");
    const now = await readDatabaseClock(tx);
    const late = operation.dueAt === null || operation.dueAt.getTime() <= now.getTime();
    if (operation.state !== "DELIVERING" || late) return refuse("undelivered");

    const replaced = (await listLiveKeys(tx, operation.principalId)).filter((key) => CURRENT_STATES.includes(key.state));
    const revoking = await endKeys(tx, {
      keys: replaced,
      actor: scope.actor,
      projectId: scope.projectId,
      region: operation.region.name,
      requestId: operation.requestId,
      cause: "regenerated",
    });
    if (!(await moveKey(tx, operation.key.id, "acknowledge", { activatedAt: now }))) {
      throw new AppError("CONFLICT", "the issued key is in another state than its operation");
    }
    await tx.operation.update({ where: { id: operationId }, data: { state: "DONE", finishedAt: now, dueAt: null } });
    await recordEvent(tx, {
      event: "key.committed",
      outcome: "done",
      actor: scope.actor,
      projectId: scope.projectId,
      keyId: operation.key.id,
      requestId: operation.requestId,
      data: {
        kind: operation.kind === "ENABLE" ? "ENABLE" : "REGENERATE",
        region: operation.region.name,
        accessKeyId: operation.key.accessKeyId,
        ...(replaced[0] ? { replaced: replaced[0].accessKeyId } : {}),
      },
    });
    return { ok: true, revoking };
  });
}

function refuse(reason: Refusal): AcknowledgeOutcome {
  return { ok: false, reason, message: describeRefusal(reason) };
}
