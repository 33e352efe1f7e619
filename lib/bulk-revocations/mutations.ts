import "server-only";
import { createHash } from "node:crypto";
import { recordEvent } from "@/lib/audit/record";
import {
  type ChosenKey,
  countKeysMadeSince,
  findChoice,
  type FoundChoice,
  hashKeys,
  listChosenKeys,
} from "@/lib/bulk-revocations/data";
import {
  beginItem,
  countKeys,
  describeChanges,
  describeChoice,
  describeRefusal,
  findIdForms,
} from "@/lib/bulk-revocations/rules";
import {
  type BulkRefusal,
  type BulkRefused,
  type Choice,
  KEYS_MAX,
  type RetryOutput,
  type Seen,
  type StartOutput,
} from "@/lib/bulk-revocations/schema";
import { type Actor, assertPlatformStillAllowed, notFound } from "@/lib/gate/scope";
import { connectQueue, enqueue } from "@/lib/jobs/queue";
import type { Transaction } from "@/lib/platform/db/client";
import { lockName, lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";

/** Ten thousand rows take longer than other transactions. */
const WRITE_WITHIN_MS = 30_000;

export interface StartRequest {
  choice: Choice;
  reason: string;
  /** Unique per person. The same one again is the same bulk revocation. */
  requestId: string;
  /** What the person saw. Without it the keys are those of this moment. */
  seen?: Seen | undefined;
}

/**
 * Writes a bulk revocation down with its keys, in one transaction, and enqueues the jobs that end them. The keys are
 * exactly those of the preview. Those that have ended since are listed as ended already, and those that were made since
 * are counted and left alone. Throws NOT_FOUND when the person may not do this any more.
 */
export async function startBulkRevocation(actor: Actor, request: StartRequest): Promise<StartOutput> {
  await connectQueue();
  const found = await findChoice(request.choice);
  if (typeof found === "string") return refuse(found);
  return withTransaction(
    async (tx) => {
      await assertPlatformStillAllowed(tx, actor, "keys:bulk-revoke");
      await lockName(tx, `bulk revocation ${actor.userId} ${request.requestId}`);
      return (await findStarted(tx, actor, request)) ?? (await start(tx, actor, request, found));
    },
    { timeoutMs: WRITE_WITHIN_MS },
  );
}

/** What the same request id has started before; undefined when it is new. */
async function findStarted(tx: Transaction, actor: Actor, request: StartRequest): Promise<StartOutput | undefined> {
  const { requestId } = request;
  const known = await tx.bulkRevocation.findUnique({
    where: { startedById_requestId: { startedById: actor.userId, requestId } },
  });
  if (!known) return undefined;
  if (known.inputHash !== hashRequest(request)) return refuse("request-reused");
  const keys = await tx.bulkRevocationKey.count({ where: { bulkRevocationId: known.id } });
  const message = "This bulk revocation was started before.";
  return { ok: true, outcome: "already-done", id: known.id, keys, endedSince: 0, madeSince: 0, message };
}

async function start(
  tx: Transaction,
  actor: Actor,
  request: StartRequest,
  { where, ids }: FoundChoice,
): Promise<StartOutput> {
  const { seen, reason, choice } = request;
  const asOf = seen ? new Date(seen.asOf) : await readDatabaseClock(tx);
  const { live, ended } = await listChosenKeys(tx, where, asOf);
  if (live.length + ended.length > KEYS_MAX) return refuse("too-many-keys");
  if (seen && hashKeys([...live, ...ended]) !== seen.digest) return refuse("preview-outdated");
  if (live.length === 0) return refuse("no-keys");
  const madeSince = seen ? await countKeysMadeSince(tx, where, asOf) : 0;
  const { by, chosen } = describeChoice(choice);
  const { id } = await tx.bulkRevocation.create({
    data: {
      startedById: actor.userId,
      actorId: actor.userId,
      ...originOf(actor),
      requestId: request.requestId,
      inputHash: hashRequest(request),
      reason,
      chosenBy: by,
      chosen: chosen ?? null,
      unknown: await countUnknown(tx, ids),
    },
    select: { id: true },
  });
  const keys = [...live, ...ended];
  await tx.bulkRevocationKey.createMany({ data: keys.map((key, position) => composeItem(id, key, position)) });
  await recordEvent(tx, {
    event: "bulk-revocation.started",
    outcome: "requested",
    actor,
    requestId: request.requestId,
    data: { bulkRevocation: id, by, ...(chosen === undefined ? {} : { chosen }), keys: live.length, reason },
  });
  await enqueueRegions(tx, new Set(live.map(({ regionId }) => regionId)));
  const endedSince = ended.length;
  const message = `${countKeys(live.length)} will be revoked.${describeChanges({ endedSince, madeSince })}`;
  return { ok: true, outcome: "started", id, keys: live.length, endedSince, madeSince, message };
}

function composeItem(bulkRevocationId: string, { id: keyId, regionId, state }: ChosenKey, position: number) {
  return { bulkRevocationId, keyId, regionId, position, state: beginItem(state) };
}

async function countUnknown(tx: Transaction, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  return ids.length - (await tx.accessKey.count({ where: { accessKeyId: { in: [...ids] } } }));
}

/**
 * Has the failed keys of a bulk revocation tried again, from now on in the name of the person who asks. Throws NOT_FOUND
 * when it is not there, or the person may not do this any more.
 */
export async function retryBulkRevocation(actor: Actor, id: string): Promise<RetryOutput> {
  await connectQueue();
  return withTransaction(
    async (tx) => {
      await assertPlatformStillAllowed(tx, actor, "keys:bulk-revoke");
      await lockRow(tx, "bulk_revocations", id, "update");
      const known = await tx.bulkRevocation.findUnique({ where: { id }, select: { id: true } });
      if (!known) throw notFound("bulk revocation");
      const failed = { bulkRevocationId: id, state: "FAILED" as const };
      const regions = await tx.bulkRevocationKey.groupBy({ by: ["regionId"], where: failed });
      const { count } = await tx.bulkRevocationKey.updateMany({
        where: failed,
        data: { state: "WAITING", failure: null },
      });
      if (count === 0) return refuse("nothing-failed");
      await tx.bulkRevocation.update({
        where: { id },
        data: { actorId: actor.userId, ...originOf(actor), finishedAt: null },
        select: { id: true },
      });
      await recordEvent(tx, {
        event: "bulk-revocation.retried",
        outcome: "requested",
        actor,
        data: { bulkRevocation: id, keys: count },
      });
      await enqueueRegions(tx, new Set(regions.map(({ regionId }) => regionId)));
      return { ok: true, keys: count, message: `${countKeys(count)} will be tried again.` };
    },
    { timeoutMs: WRITE_WITHIN_MS },
  );
}

async function enqueueRegions(tx: Transaction, regionIds: ReadonlySet<string>): Promise<void> {
  for (const regionId of regionIds) await enqueue(tx, "bulk-revoke", { regionId }, regionId);
}

const originOf = ({ address, via }: Actor) => ({ address: address ?? null, via: via ?? null });

/** The text is not in the hash as it is: only the ids of our form count, as for the choice itself. */
function hashRequest({ choice, reason, seen }: StartRequest): string {
  const { by, chosen } = describeChoice(choice);
  const of =
    by === "text"
      ? findIdForms(choice.text ?? "")
          .toSorted()
          .join()
      : chosen;
  return createHash("sha256")
    .update(JSON.stringify([by, of, reason, seen?.digest]))
    .digest("hex");
}

function refuse(reason: BulkRefusal): BulkRefused {
  return { ok: false, reason, message: describeRefusal(reason) };
}
