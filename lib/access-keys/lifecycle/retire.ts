import "server-only";
import { findRetiringKey, prolongRetirement, type RetiringKey } from "@/lib/access-keys/data";
import { decideOverlapEnd } from "@/lib/access-keys/lifecycle/overlap";
import { hasPassed } from "@/lib/access-keys/lifecycle/rules";
import { markRevoking } from "@/lib/access-keys/revoke/mark-revoking";
import { describeRefusal } from "@/lib/access-keys/rules";
import type { AdjustOutput, DryRunOutput, Refusal } from "@/lib/access-keys/schema";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { assertStillAllowed, type ProjectScope } from "@/lib/gate/scope";
import { connectQueue } from "@/lib/jobs/queue";
import { findRequested } from "@/lib/operations/data";
import { hashInput } from "@/lib/operations/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { withoutCommit, withTransaction } from "@/lib/platform/db/transaction";
import { ensurePrincipal, lockPrincipal } from "@/lib/principals/data";
import { findRegion } from "@/lib/regions/data";
import type { Principal, Region } from "@/prisma/generated/client";

export interface RetireRequest {
  scope: ProjectScope;
  /** By name. */
  region: string;
  /** `DEFAULT_SLOT`, or the name of a named key. */
  slot: string;
  /** Unique per actor. The same one again is the same change. */
  requestId: string;
  /** How long the old key works on from now; null: its end is decided now. */
  keepSeconds: number | null;
  /** The caller means this key. Refused when it is not the old key of the overlap. */
  accessKeyId?: string | undefined;
}

/** `revoking`: the ids of the keys whose removal can start now. */
export type RetireOutcome = AdjustOutput & { revoking?: string[] };

/**
 * Ends the overlap of a rotation now, or keeps the old key for longer. Both are decided in the database alone, in one
 * transaction.
 */
export async function retireKey(request: RetireRequest): Promise<RetireOutcome> {
  await connectQueue();
  const { scope } = request;
  const region = await findRegion(request.region);
  const { id } = await ensurePrincipal(scope.projectId, region.id);
  return withTransaction(async (tx) => {
    await assertStillAllowed(tx, scope, "keys:issue");
    const found = { ...(await lockPrincipal(tx, id)), region };
    const decided = await decide(tx, found, request);
    return decided.ok ? write(tx, found, request, decided) : decided.outcome;
  });
}

/** Tells what `retireKey` would do, and changes nothing. */
export async function dryRunRetire(request: RetireRequest): Promise<DryRunOutput> {
  const { scope } = request;
  const region = await findRegion(request.region);
  return withoutCommit(async (tx) => {
    await assertStillAllowed(tx, scope, "keys:issue");
    const { id } = await ensurePrincipal(scope.projectId, region.id, tx);
    const decided = await decide(tx, { ...(await lockPrincipal(tx, id)), region }, request);
    if (decided.ok) {
      const state = decided.until ? "RETIRING" : "REVOKING";
      return { ok: true, wouldBe: { outcome: "done", accessKeyIds: [decided.key.accessKeyId], state } };
    }
    const { outcome } = decided;
    return outcome.ok ? { ok: true, wouldBe: { outcome: "already-done", accessKeyIds: [], state: null } } : outcome;
  });
}

interface Found {
  principal: Principal;
  region: Region;
  /** The database's time. */
  now: Date;
}

interface Decided {
  ok: true;
  key: RetiringKey;
  /** Until when the key works on; undefined: its end is decided now. */
  until: Date | undefined;
}

/** Decides whether the old key may be ended or kept. It only reads. */
async function decide(
  tx: Transaction,
  { principal, region, now }: Found,
  request: RetireRequest,
): Promise<Decided | { ok: false; outcome: AdjustOutput }> {
  const { scope, slot, requestId, keepSeconds, accessKeyId } = request;
  const repeated = await findRequested(tx, scope.actor.userId, requestId);
  if (repeated && repeated.inputHash !== hashRetirement(request, region))
    return { ok: false, outcome: refuse("request-reused") };
  if (repeated)
    return { ok: false, outcome: { ok: true, outcome: "already-done", message: "This change was made already." } };
  const key = await findRetiringKey(tx, { principalId: principal.id, slot });
  if (!key || key.accessKeyId !== (accessKeyId ?? key.accessKeyId))
    return { ok: false, outcome: refuse("not-retiring") };
  const until = decideOverlapEnd(key, keepSeconds, now);
  if (keepSeconds !== null && !until) return { ok: false, outcome: refuse("old-key-expired") };
  return { ok: true, key, until };
}

async function write(
  tx: Transaction,
  found: Found,
  request: RetireRequest,
  { key, until }: Decided,
): Promise<RetireOutcome> {
  const { principal, region, now } = found;
  const { scope, slot, requestId, keepSeconds } = request;
  await tx.operation.create({
    data: {
      kind: kindOf(request),
      state: "DONE",
      actorId: scope.actor.userId,
      requestId,
      inputHash: hashRetirement(request, region),
      projectId: scope.projectId,
      regionId: region.id,
      principalId: principal.id,
      slot,
      keyId: key.id,
      overlapSeconds: keepSeconds,
      fence: principal.fence,
      finishedAt: now,
    },
    select: { id: true },
  });
  return until ? keepUntil(tx, found, request, { key, until }) : endNow(tx, found, request, key);
}

async function endNow(
  tx: Transaction,
  { region, now }: Found,
  { scope, requestId }: RetireRequest,
  key: RetiringKey,
): Promise<RetireOutcome> {
  const { projectId, actor } = scope;
  const facts = { actor, projectId, region: region.name, requestId, at: now };
  await markRevoking(tx, { ...facts, keys: [key], cause: "retired" });
  return { ok: true, outcome: "done", message: "The end of the old key is decided.", revoking: [key.id] };
}

async function keepUntil(
  tx: Transaction,
  { region }: Found,
  { scope, requestId }: RetireRequest,
  { key, until }: { key: RetiringKey; until: Date },
): Promise<RetireOutcome> {
  await prolongRetirement(tx, key.id, until);
  await recordEvent(tx, {
    event: "key.kept-longer",
    outcome: "done",
    actor: scope.actor,
    projectId: scope.projectId,
    keyId: key.id,
    requestId,
    data: { region: region.name, accessKeyId: key.accessKeyId, until: until.toISOString() },
  });
  return { ok: true, outcome: "done", message: "The old key works on until the new time." };
}

/** Decides the end of an old key whose overlap is over. Does nothing to any other key. For the worker. */
export async function retireDueKey(keyId: string): Promise<void> {
  await connectQueue();
  const known = await db.accessKey.findUnique({ where: { id: keyId }, include: { region: true } });
  if (!known) return;
  await withTransaction(async (tx) => {
    const { now } = await lockPrincipal(tx, known.principalId);
    const key = await findRetiringKey(tx, known);
    if (key?.id !== keyId || !hasPassed(key.retiresAt, now)) return;
    const { projectId, region } = known;
    await markRevoking(tx, {
      keys: [key],
      actor: SYSTEM_ACTOR,
      projectId,
      region: region.name,
      cause: "retired",
      at: now,
    });
  });
}

const kindOf = ({ keepSeconds }: RetireRequest) => (keepSeconds === null ? "RETIRE" : "KEEP_LONGER");

function hashRetirement(request: RetireRequest, region: Region): string {
  const { scope, slot, keepSeconds } = request;
  const values = keepSeconds === null ? [] : [`${keepSeconds}`];
  return hashInput(kindOf(request), { projectId: scope.projectId, region: region.name, slot }, ...values);
}

function refuse(reason: Refusal): Extract<AdjustOutput, { ok: false }> {
  return { ok: false, reason, message: describeRefusal(reason) };
}
