import "server-only";
import { listLiveKeysOf, moveKeys } from "@/lib/access-keys/data";
import { enqueueSweeps } from "@/lib/access-keys/repair/enqueue-sweeps";
import { composeRevokingEvent } from "@/lib/access-keys/revoke/mark-revoking";
import { decideEndOfSome } from "@/lib/access-keys/revoke/rules";
import { type AuditActor, recordEvents } from "@/lib/audit/record";
import { cancelOperations, createFinished, listOpenOperations } from "@/lib/operations/data";
import { hashInput } from "@/lib/operations/rules";
import type { Transaction } from "@/lib/platform/db/client";
import { lockPrincipals } from "@/lib/principals/data";
import { endLeases } from "@/lib/principals/mutations";

/** A key that is to be ended. */
export interface KeyToEnd {
  id: string;
  principalId: string;
  slot: string;
  /** Unique per actor. */
  requestId: string;
}

export interface EndOfKeys {
  actor: AuditActor & { userId: string };
  region: { id: string; name: string };
  reason: string;
  keys: readonly KeyToEnd[];
}

/**
 * The keys by what became of them. `busy`: the slot has an open change, and another key of it goes on. The end of those
 * that are not here was decided before.
 */
export interface DecidedEnds {
  revoking: string[];
  busy: string[];
  /** When this was decided, by the database's clock. */
  at: Date;
}

/**
 * Decides the end of exactly these keys of a region, as a disable of some keys of a slot does, in a few statements for all
 * of them: the leases are taken away, open changes of slots that end altogether are cancelled, and each slot has its
 * operation and each key its audit event. No job is enqueued: the caller carries the ends out. It has checked, in the same
 * transaction, that the person may do this.
 */
export async function disableKeys(tx: Transaction, { actor, region, reason, keys }: EndOfKeys): Promise<DecidedEnds> {
  const principalIds = [...new Set(keys.map(({ principalId }) => principalId))];
  const { principals, now } = await lockPrincipals(tx, principalIds);
  const live = await listLiveKeysOf(tx, principalIds);
  const open = await listOpenOperations(tx, principalIds);
  const { ends, busy } = decideEndOfSome(live, open, keys);
  const revoking = ends.flatMap((end) => end.keys);
  const decided = { revoking: revoking.map(({ id }) => id), busy, at: now };
  if (ends.length === 0) return decided;

  // As for one slot: a change of a slot that goes on keeps its lease.
  const cancelled = open.filter((operation) => ends.some((end) => isOfSlot(operation, end)));
  const goingOn = open.filter((operation) => !cancelled.includes(operation));
  const losing = principals.filter(
    ({ id, fence }) =>
      ends.some(({ principalId }) => principalId === id) &&
      !goingOn.some((operation) => operation.principalId === id && operation.fence === fence),
  );
  const losingIds = losing.map(({ id }) => id);
  await endLeases(tx, losingIds);
  const fences = new Map(principals.map(({ id, fence }) => [id, losingIds.includes(id) ? fence + 1n : fence]));
  await cancelOperations(
    tx,
    cancelled.map(({ id }) => id),
    now,
  );
  // The process of a cancelled operation may have a write in flight that lands after the removal.
  for (const id of new Set(cancelled.map(({ principalId }) => principalId))) await enqueueSweeps(tx, id);
  await createFinished(
    tx,
    ends.map(({ principalId, projectId, slot, requestId, accessKeyIds }) => ({
      kind: "DISABLE" as const,
      ...{ actorId: actor.userId, requestId, projectId, regionId: region.id, principalId, slot },
      inputHash: hashInput("DISABLE", { projectId, region: region.name, slot }, "only", ...accessKeyIds),
      fence: fences.get(principalId) ?? 0n,
      finishedAt: now,
    })),
  );
  const facts = { endedAt: now, endedById: actor.userId, endReason: reason };
  const moved = await moveKeys(tx, decided.revoking, "revoke", facts);
  if (moved.length !== revoking.length) throw new Error("a key changed without the lock of its principal");
  const ending = { actor, region: region.name, cause: "disabled" as const, reason };
  await recordEvents(
    tx,
    ends.flatMap(({ projectId, requestId, keys: ofSlot }) =>
      ofSlot.map((key) => composeRevokingEvent(key, { ...ending, projectId, requestId })),
    ),
  );
  return decided;
}

interface InSlot {
  principalId: string;
  slot: string;
}

const isOfSlot = (a: InSlot, b: InSlot): boolean => a.principalId === b.principalId && a.slot === b.slot;
