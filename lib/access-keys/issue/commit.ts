import "server-only";
import { listLiveKeys, moveKey } from "@/lib/access-keys/data";
import { markRevoking } from "@/lib/access-keys/revoke/mark-revoking";
import { CURRENT_STATES, describeRefusal } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { lockMakingOperation, moveOperation } from "@/lib/operations/data";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";

/** `revoking`: the ids of the keys whose removal can start now. */
export type CommitOutcome = { ok: true; revoking: string[] } | { ok: false; reason: Refusal; message: string };

/**
 * Step 5, transaction 2. The caller has the secret: the new key becomes the current one, and the end of the key that it
 * replaces is decided, all or nothing. Called again it answers the same. The operation's state under the principal's
 * lock is the guard: whoever takes an operation over changes its state in the transaction that takes the lease. Throws
 * NOT_FOUND unless the operation is the caller's own.
 */
export async function commitKey(scope: ProjectScope, operationId: string): Promise<CommitOutcome> {
  const { projectId, actor } = scope;
  const own = await db.operation.findFirst({ where: { id: operationId, projectId, actorId: actor.userId } });
  if (!own) throw new AppError("NOT_FOUND", "operation is not there for the caller");
  await connectQueue();
  return withTransaction(async (tx): Promise<CommitOutcome> => {
    await assertStillAllowed(tx, scope, "keys:issue");
    const locked = await lockMakingOperation(tx, operationId);
    if (!locked) throw new AppError("NOT_FOUND", "the operation makes no key");
    const { operation, key, principal, region, now } = locked;
    const { kind, state, requestId, dueAt } = operation;
    if (kind === "DISABLE") throw new AppError("NOT_FOUND", "the operation makes no key");
    if (state === "DONE") return { ok: true, revoking: [] };
    if (state === "CANCELLED") return refuse("superseded");
    const late = dueAt === null || dueAt.getTime() <= now.getTime();
    if (state !== "DELIVERING" || late) return refuse("undelivered");

    const facts = { actor, projectId, requestId };
    const replaced = (await listLiveKeys(tx, principal.id)).filter((live) => CURRENT_STATES.includes(live.state));
    // The old key moves first: only one may be current.
    await markRevoking(tx, { ...facts, keys: replaced, region: region.name, cause: "regenerated", at: now });
    const moved = await moveKey(tx, key.id, "acknowledge", { activatedAt: now });
    if (!moved) throw new Error(`operation ${operationId} and its key are not in step`);
    await moveOperation(tx, operationId, { from: ["DELIVERING"], to: "DONE", finishedAt: now, dueAt: null });
    await recordEvent(tx, {
      ...facts,
      event: "key.committed",
      outcome: "done",
      keyId: key.id,
      data: {
        kind,
        region: region.name,
        accessKeyId: key.accessKeyId,
        ...(replaced[0] ? { replaced: replaced[0].accessKeyId } : {}),
      },
    });
    return { ok: true, revoking: replaced.map(({ id }) => id) };
  });
}

function refuse(reason: Refusal): CommitOutcome {
  return { ok: false, reason, message: describeRefusal(reason) };
}
