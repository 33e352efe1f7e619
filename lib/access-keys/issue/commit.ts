import "server-only";
import { listLiveKeys, moveKey } from "@/lib/access-keys/data";
import { replaceKey } from "@/lib/access-keys/issue/replace-key";
import { CURRENT_STATES, describeRefusal } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { lockMakingOperation, moveOperation } from "@/lib/operations/data";
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
  await connectQueue();
  return withTransaction(async (tx): Promise<CommitOutcome> => {
    await assertStillAllowed(tx, scope, "keys:issue");
    const locked = await lockMakingOperation(tx, operationId);
    const isOwn = locked?.operation.projectId === projectId && locked.operation.actorId === actor.userId;
    if (!locked || !isOwn) throw new AppError("NOT_FOUND", "operation is not there for the caller");
    const { operation, kind, key, region, now } = locked;
    const { state, requestId, dueAt } = operation;
    if (state === "DONE") return { ok: true, revoking: [] };
    if (state === "CANCELLED") return refuse("superseded");
    const late = dueAt === null || dueAt.getTime() <= now.getTime();
    if (state !== "DELIVERING" || late) return refuse("undelivered");

    const facts = { actor, projectId, requestId };
    const live = await listLiveKeys(tx, key);
    const [replaced] = live.filter(({ state }) => CURRENT_STATES.includes(state));
    // The old key moves first: only one may be current.
    const revoking = await replaceKey(tx, live, replaced, {
      ...facts,
      region: region.name,
      at: now,
      overlapSeconds: operation.overlapSeconds,
    });
    const moved = await moveKey(tx, key.id, "acknowledge", { activatedAt: now });
    const done = await moveOperation(tx, operationId, {
      from: ["DELIVERING"],
      to: "DONE",
      finishedAt: now,
      dueAt: null,
    });
    // Both are locked: their states were read above.
    if (!moved || !done) throw new Error(`operation ${operationId} and its key are not in step`);
    await recordEvent(tx, {
      ...facts,
      event: "key.committed",
      outcome: "done",
      keyId: key.id,
      data: {
        kind,
        region: region.name,
        accessKeyId: key.accessKeyId,
        ...(replaced ? { replaced: replaced.accessKeyId } : {}),
      },
    });
    return { ok: true, revoking };
  });
}

function refuse(reason: Refusal): CommitOutcome {
  return { ok: false, reason, message: describeRefusal(reason) };
}
