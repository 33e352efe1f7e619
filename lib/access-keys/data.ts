import "server-only";
import {
  CURRENT_STATES,
  DEFAULT_SLOT,
  type KeyEvent,
  type KeyState,
  LIVE_STATES,
  type RegionClosure,
  statesThatAllow,
  targetOf,
} from "@/lib/access-keys/rules";
import { db, type Transaction } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { isRegionClosed } from "@/lib/project-regions/data";
import type { AccessKey, Prisma, Principal, Region } from "@/prisma/generated/client";

/** One place for a key of a principal: the default one, or a named key. */
export interface Slot {
  principalId: string;
  /** `DEFAULT_SLOT`, or the name of a named key. */
  slot: string;
}

const slotKeySelect = {
  id: true,
  slot: true,
  access: true,
  accessKeyId: true,
  state: true,
  expiresAt: true,
  madeForId: true,
  removeAtExpiration: true,
} as const;

export type SlotKey = Pick<AccessKey, keyof typeof slotKeySelect>;

/** The keys of principals that can still be ended, in all slots. They stand only while the principals are locked. */
export function listLiveKeysOf(
  tx: Transaction,
  principalIds: readonly string[],
): Promise<(SlotKey & Pick<AccessKey, "principalId" | "projectId">)[]> {
  return tx.accessKey.findMany({
    where: { principalId: { in: [...principalIds] }, state: { in: [...LIVE_STATES] } },
    select: { ...slotKeySelect, principalId: true, projectId: true },
  });
}

/** The keys of a slot that can still be ended. They stand only while their principal is locked. */
export function listLiveKeys(tx: Transaction, { principalId, slot }: Slot): Promise<SlotKey[]> {
  return tx.accessKey.findMany({
    where: { principalId, slot, state: { in: [...LIVE_STATES] } },
    orderBy: { createdAt: "asc" },
    select: slotKeySelect,
  });
}

/**
 * Why no key may be made or switched on in a region for a project; undefined when that may be. The caller has locked the
 * project and the region, so that neither is closed before the change is written down.
 */
export async function findClosure(
  tx: Transaction,
  projectId: string,
  { id, disabledAt }: Pick<Region, "id" | "disabledAt">,
): Promise<RegionClosure | undefined> {
  if (disabledAt !== null) return "region-disabled";
  return (await isRegionClosed(tx, projectId, id)) ? "region-closed" : undefined;
}

/** The names of a principal's named keys that can still be ended. They stand only while their principal is locked. */
export async function listKeyNames(tx: Transaction, principalId: string): Promise<string[]> {
  const keys = await tx.accessKey.findMany({
    where: { principalId, slot: { not: DEFAULT_SLOT }, state: { in: [...LIVE_STATES] } },
    select: { slot: true },
  });
  return [...new Set(keys.map(({ slot }) => slot))];
}

/**
 * The access key ids of a principal, in all slots: those meant to work, now or again, and those whose end is decided.
 */
export async function listWorkingKeys(principalId: string): Promise<{ working: string[]; ending: string[] }> {
  const keys = await db.accessKey.findMany({
    where: { principalId, state: { in: [...LIVE_STATES, "REVOKING"] } },
    select: { accessKeyId: true, state: true },
  });
  const ids = (ending: boolean) =>
    keys.filter((key) => (key.state === "REVOKING") === ending).map((key) => key.accessKeyId);
  return { working: ids(false), ending: ids(true) };
}

/** Whether a key of the principal, in any slot, is to be removed and is not yet proved gone. */
export async function isRemovalOpen(tx: Transaction, principalId: string): Promise<boolean> {
  const open = await tx.accessKey.findFirst({
    where: { principalId, state: "REVOKING", removedAt: null },
    select: { id: true },
  });
  return open !== null;
}

/** The current key of a slot. It stands only while its principal is locked. */
export async function findCurrentKey(tx: Transaction, { principalId, slot }: Slot): Promise<SlotKey | undefined> {
  const key = await tx.accessKey.findFirst({
    where: { principalId, slot, state: { in: [...CURRENT_STATES] } },
    select: slotKeySelect,
  });
  return key ?? undefined;
}

export type RetiringKey = SlotKey & Pick<AccessKey, "retiresAt">;

/** The old key of an overlap in a slot. It stands only while its principal is locked. */
export async function findRetiringKey(tx: Transaction, { principalId, slot }: Slot): Promise<RetiringKey | undefined> {
  const key = await tx.accessKey.findFirst({
    where: { principalId, slot, state: "RETIRING" },
    select: { ...slotKeySelect, retiresAt: true },
  });
  return key ?? undefined;
}

/** Sets until when an old key works on. Does nothing to a key that is not RETIRING. */
export async function prolongRetirement(tx: Transaction, keyId: string, retiresAt: Date): Promise<void> {
  await tx.accessKey.updateMany({ where: { id: keyId, state: "RETIRING" }, data: { retiresAt } });
}

/** What a move may write down besides the state. What is left out stays. */
export type KeyFacts = Pick<
  Prisma.AccessKeyUncheckedUpdateManyInput,
  "activatedAt" | "endedAt" | "endedById" | "endReason" | "removedAt" | "expiresAt" | "modifiedAt" | "retiresAt"
>;

/** Writes down facts of a current key, whose state stays. False when the key is not current. */
export async function updateKey(tx: Transaction, keyId: string, facts: KeyFacts): Promise<boolean> {
  const { count } = await tx.accessKey.updateMany({
    where: { id: keyId, state: { in: [...CURRENT_STATES] } },
    data: facts,
  });
  return count === 1;
}

/**
 * Moves a key by an event of the state table, if its state allows the event when the row is written. False when it does
 * not: someone else moved the key first.
 */
export async function moveKey(tx: Transaction, keyId: string, event: KeyEvent, facts: KeyFacts = {}): Promise<boolean> {
  const state = targetOf(event);
  const { count } = await tx.accessKey.updateMany({
    where: { id: keyId, state: { in: statesThatAllow(event) } },
    // Only a current key can be missing. Nobody misses a key whose end is decided.
    data: { ...facts, state, ...(CURRENT_STATES.includes(state) ? {} : { missingSince: null }) },
  });
  return count === 1;
}

/** The same for several keys. Gives the ids of those that were moved. */
export async function moveKeys(
  tx: Transaction,
  keyIds: readonly string[],
  event: KeyEvent,
  facts: KeyFacts = {},
): Promise<string[]> {
  const state = targetOf(event);
  const moved = await tx.accessKey.updateManyAndReturn({
    where: { id: { in: [...keyIds] }, state: { in: statesThatAllow(event) } },
    data: { ...facts, state, ...(CURRENT_STATES.includes(state) ? {} : { missingSince: null }) },
    select: { id: true },
  });
  return moved.map(({ id }) => id);
}

/** Writes down when the storage system proved that it does not have the keys. The first time counts. */
export async function noteRemovals(tx: Transaction, keyIds: readonly string[], removedAt: Date): Promise<void> {
  await tx.accessKey.updateMany({ where: { id: { in: [...keyIds] }, removedAt: null }, data: { removedAt } });
}

/** A key whose end is decided, with its principal and region. */
export type RevokingKey = AccessKey & { principal: Principal; region: Region };

/** The key while its end is decided and not carried out. Undefined before and after. */
export async function findRevokingKey(keyId: string): Promise<RevokingKey | undefined> {
  const where = { id: keyId, state: "REVOKING" as KeyState };
  const key = await db.accessKey.findUnique({ where, include: { principal: true, region: true } });
  return key ?? undefined;
}

/** Those of the keys whose end is decided and not carried out. */
export function listRevokingKeys(keyIds: readonly string[]): Promise<RevokingKey[]> {
  const where = { id: { in: [...keyIds] }, state: "REVOKING" as KeyState };
  return db.accessKey.findMany({ where, include: { principal: true, region: true } });
}

/** Removed keys that are not called REVOKED yet, those that were removed first. */
export async function listRemovedKeys(
  where: Prisma.AccessKeyWhereInput,
  take: number,
): Promise<{ id: string; accessKeyId: string; projectId: string; removedAt: Date }[]> {
  const keys = await db.accessKey.findMany({
    where: { AND: [where, { state: "REVOKING", removedAt: { not: null } }] },
    orderBy: { removedAt: "asc" },
    take,
    select: { id: true, accessKeyId: true, projectId: true, removedAt: true },
  });
  return keys.flatMap(({ removedAt, ...key }) => (removedAt === null ? [] : [{ ...key, removedAt }]));
}

/** The first job for a removal comes before this; after it, the job must be missing. Milliseconds. */
const UNFINISHED_AFTER_MS = 10_000;

/**
 * Keys whose end was decided a while ago and is not carried out. By id, those after `after`. Without those that a bulk
 * revocation is removing: its own job does that, and a job for each of its keys would keep others waiting.
 */
export async function listUnfinishedRevocations(after: string, limit: number): Promise<string[]> {
  const before = new Date((await readDatabaseClock(db)).getTime() - UNFINISHED_AFTER_MS);
  const rows = await db.accessKey.findMany({
    where: {
      id: { gt: after },
      state: "REVOKING",
      endedAt: { lt: before },
      bulkRevocations: { none: { state: "RUNNING", decidedAt: { not: null } } },
    },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** Keys that still work or are switched off, and whose date has passed. By id, those after `after`. */
export async function listDueKeys(after: string, limit: number): Promise<string[]> {
  const now = await readDatabaseClock(db);
  const rows = await db.accessKey.findMany({
    where: { id: { gt: after }, state: { in: statesThatAllow("expire") }, expiresAt: { lte: now } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** A current key, as the portal knows it, for a comparison with the storage system. */
export type CurrentKey = Pick<AccessKey, keyof typeof currentKeySelect>;

const currentKeySelect = {
  id: true,
  accessKeyId: true,
  principalId: true,
  projectId: true,
  missingSince: true,
} as const;

/** The current keys of principals, in all slots. With `activatedBefore`, only those that are older. */
export function listCurrentKeys(principalIds: readonly string[], activatedBefore?: Date): Promise<CurrentKey[]> {
  return db.accessKey.findMany({
    where: {
      principalId: { in: [...principalIds] },
      state: { in: [...CURRENT_STATES] },
      ...(activatedBefore ? { activatedAt: { lt: activatedBefore } } : {}),
    },
    select: currentKeySelect,
  });
}

/** A key whose use a comparison with the storage system tells: a current one, or the old one of an overlap. */
export type SampledKey = CurrentKey & Pick<AccessKey, "state" | "activatedAt" | "lastUsedAt">;

/** The current keys of principals and the old ones of their overlaps, in all slots. */
export function listSampledKeys(principalIds: readonly string[]): Promise<SampledKey[]> {
  return db.accessKey.findMany({
    where: { principalId: { in: [...principalIds] }, state: { in: [...CURRENT_STATES, "RETIRING"] } },
    select: { ...currentKeySelect, state: true, activatedAt: true, lastUsedAt: true },
  });
}

/** Writes down when the storage system was asked for the last use of keys. */
export async function markAsked(tx: Transaction, keyIds: readonly string[], lastUsedAsOf: Date): Promise<void> {
  await tx.accessKey.updateMany({ where: { id: { in: [...keyIds] } }, data: { lastUsedAsOf } });
}

/** Writes down when a key was last used. A later time stands. */
export async function markUsed(tx: Transaction, keyId: string, lastUsedAt: Date): Promise<void> {
  const isLater = { OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: lastUsedAt } }] };
  await tx.accessKey.updateMany({ where: { id: keyId, ...isLater }, data: { lastUsedAt } });
}

/** The principals of a region that have a missing key. By id, those after `after`. */
export async function listPrincipalsWithMissingKeys(
  regionId: string,
  after: string,
  limit: number,
): Promise<{ id: string; externalId: string }[]> {
  const keys = await db.accessKey.findMany({
    where: { regionId, principalId: { gt: after }, missingSince: { not: null } },
    orderBy: { principalId: "asc" },
    take: limit,
    select: { principal: { select: { id: true, externalId: true } } },
  });
  return [...new Map(keys.map(({ principal }) => [principal.id, principal])).values()];
}

/** Writes down that a key is missing. False when it is not current any more, or when that is written down already. */
export async function markMissing(tx: Transaction, keyId: string, since: Date): Promise<boolean> {
  const where = { id: keyId, state: { in: [...CURRENT_STATES] }, missingSince: null };
  const { count } = await tx.accessKey.updateMany({ where, data: { missingSince: since } });
  return count === 1;
}

/** Writes down that a missing key is there again. False when it was not written down as missing. */
export async function markFound(tx: Transaction, keyId: string): Promise<boolean> {
  const where = { id: keyId, missingSince: { not: null } };
  const { count } = await tx.accessKey.updateMany({ where, data: { missingSince: null } });
  return count === 1;
}

/** Old keys whose overlap is over. By id, those after `after`. */
export async function listDueRetirements(after: string, limit: number): Promise<string[]> {
  const now = await readDatabaseClock(db);
  const rows = await db.accessKey.findMany({
    where: { id: { gt: after }, state: "RETIRING", retiresAt: { lte: now } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
