import "server-only";
import { createHash } from "node:crypto";
import { hasOwnForm, isOwnAccessKeyId } from "@/lib/access-key-ids/rules";
import { ENDED_STATES, LIVE_STATES } from "@/lib/access-keys/rules";
import { findIdForms } from "@/lib/bulk-revocations/rules";
import { type BulkRefusal, type Choice, KEYS_MAX } from "@/lib/bulk-revocations/schema";
import { readMarker } from "@/lib/installation/data";
import { db, type Transaction } from "@/lib/platform/db/client";
import type { AccessKey, BulkKeyState, Prisma, PrismaClient } from "@/prisma/generated/client";

const chosenSelect = {
  id: true,
  accessKeyId: true,
  projectId: true,
  regionId: true,
  principalId: true,
  slot: true,
  state: true,
} as const;

export type ChosenKey = Pick<AccessKey, keyof typeof chosenSelect>;

/** A choice as a condition, and what is known of its text. */
export interface FoundChoice {
  where: Prisma.AccessKeyWhereInput;
  /** The ids of the text, when it is one. They have our form and checksum. */
  ids: string[];
  /** What looks like an id of this installation in the text, and has a wrong checksum. */
  mistyped: string[];
  /** What looks like an id of another installation. */
  foreign: string[];
}

const WITHOUT_TEXT = { ids: [], mistyped: [], foreign: [] };

/** Finds what a choice names. A reason when it is not there, or when a text has too many ids. */
export async function findChoice(choice: Choice): Promise<FoundChoice | BulkRefusal> {
  if (choice.project !== undefined) {
    const project = await db.project.findUnique({ where: { slug: choice.project }, select: { id: true } });
    return project ? { where: { projectId: project.id }, ...WITHOUT_TEXT } : "no-such-project";
  }
  if (choice.user !== undefined) {
    const user = await db.user.findUnique({ where: { email: choice.user }, select: { id: true } });
    return user
      ? { where: { OR: [{ createdById: user.id }, { madeForId: user.id }] }, ...WITHOUT_TEXT }
      : "no-such-user";
  }
  if (choice.region !== undefined) {
    const region = await db.region.findUnique({ where: { name: choice.region }, select: { id: true } });
    return region ? { where: { regionId: region.id }, ...WITHOUT_TEXT } : "no-such-region";
  }
  const marker = await readMarker();
  const forms = findIdForms(choice.text ?? "");
  const ids = forms.filter((id) => isOwnAccessKeyId(id, marker));
  const foreign = forms.filter((id) => !hasOwnForm(id, marker));
  const mistyped = forms.filter((id) => hasOwnForm(id, marker) && !ids.includes(id));
  return ids.length > KEYS_MAX ? "too-many-keys" : { where: { accessKeyId: { in: ids } }, ids, mistyped, foreign };
}

/**
 * The keys of a choice that were made by a time and are live now, and those that were live at that time and have ended
 * since. Reads one key more than is allowed at most of each. The keys of one principal stand together.
 */
export async function listChosenKeys(
  client: Transaction | PrismaClient,
  where: Prisma.AccessKeyWhereInput,
  asOf: Date,
): Promise<{ live: ChosenKey[]; ended: ChosenKey[] }> {
  const madeBy = { AND: [where, { createdAt: { lte: asOf } }] };
  const take = KEYS_MAX + 1;
  const isLive = { state: { in: [...LIVE_STATES] } };
  const live = await client.accessKey.findMany({ where: { ...madeBy, ...isLive }, take, select: chosenSelect });
  // After the live ones: a key that ends between both statements is in both lists, and in none in the other order.
  const hasEnded = { state: { notIn: [...LIVE_STATES] }, endedAt: { gt: asOf } };
  const ended = await client.accessKey.findMany({ where: { ...madeBy, ...hasEnded }, take, select: chosenSelect });
  const endedIds = new Set(ended.map(({ id }) => id));
  return { live: sortKeys(live.filter(({ id }) => !endedIds.has(id))), ended };
}

function sortKeys(keys: readonly ChosenKey[]): ChosenKey[] {
  const place = ({ principalId, slot, id }: ChosenKey) => `${principalId} ${slot} ${id}`;
  return keys.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** How many live keys of a choice were made after a time. */
export function countKeysMadeSince(tx: Transaction, where: Prisma.AccessKeyWhereInput, asOf: Date): Promise<number> {
  return tx.accessKey.count({ where: { AND: [where, { createdAt: { gt: asOf } }], state: { in: [...LIVE_STATES] } } });
}

/** Tells sets of keys apart. */
export function hashKeys(keys: readonly ChosenKey[]): string {
  const ids = keys.map(({ id }) => id).toSorted();
  return createHash("sha256").update(ids.join()).digest("hex");
}

type ItemFilter = Prisma.BulkRevocationKeyWhereInput;

const OPEN = { in: ["WAITING", "RUNNING"] } as const satisfies Prisma.EnumBulkKeyStateFilter;

const itemSelect = {
  id: true,
  bulkRevocationId: true,
  decidedAt: true,
  key: {
    select: {
      id: true,
      accessKeyId: true,
      state: true,
      slot: true,
      principalId: true,
      project: { select: { slug: true } },
    },
  },
} as const;

/** A key of a bulk revocation that is to be ended. */
export type Item = Prisma.BulkRevocationKeyGetPayload<{ select: typeof itemSelect }>;

/** The keys of bulk revocations whose end is decided and not carried out. Their region's job carries it out. */
const BEING_REMOVED = { state: "RUNNING", decidedAt: { not: null }, key: { state: "REVOKING" } } as const;

/** The keys that a process began and did not decide. One that another change ends waits for that. */
const BEGUN = { state: "RUNNING", decidedAt: null, key: { state: { in: [...LIVE_STATES] } } } satisfies ItemFilter;

/** Puts back what a process began and did not decide. Only one process ends keys in a region. */
export async function resetRunning(regionId: string): Promise<void> {
  await db.bulkRevocationKey.updateMany({ where: { regionId, ...BEGUN }, data: { state: "WAITING" } });
}

/** The next keys of a region that are to be ended, of the oldest bulk revocation first. */
export function listNextItems(regionId: string, take: number): Promise<Item[]> {
  return db.bulkRevocationKey.findMany({
    where: { regionId, state: "WAITING" },
    orderBy: [{ bulkRevocationId: "asc" }, { position: "asc" }],
    take,
    select: itemSelect,
  });
}

/** The next keys of a region whose end is decided and that are to be removed. */
export function listUnremovedItems(regionId: string, take: number): Promise<Item[]> {
  return db.bulkRevocationKey.findMany({
    where: { regionId, ...BEING_REMOVED, key: { state: "REVOKING", removedAt: null } },
    orderBy: [{ bulkRevocationId: "asc" }, { position: "asc" }],
    take,
    select: itemSelect,
  });
}

/** The condition for the removed keys of a region whose refusal is measured for a bulk revocation. */
export function isMeasuredHere(regionId: string): Prisma.AccessKeyWhereInput {
  const { state, decidedAt } = BEING_REMOVED;
  return {
    regionId,
    state: "REVOKING",
    removedAt: { not: null },
    bulkRevocations: { some: { regionId, state, decidedAt } },
  };
}

/** The regions in which keys wait, were begun by a process that has ended, or are being removed. */
export async function listRegionsWithWork(bulkRevocationIds: readonly string[]): Promise<string[]> {
  const groups = await db.bulkRevocationKey.groupBy({
    by: ["regionId"],
    where: { bulkRevocationId: { in: [...bulkRevocationIds] }, OR: [{ state: "WAITING" }, BEGUN, BEING_REMOVED] },
  });
  return groups.map(({ regionId }) => regionId);
}

/** Writes down that keys are being ended. */
export async function markRunning(ids: readonly string[]): Promise<void> {
  const where = { id: { in: [...ids] }, state: "WAITING" as const };
  await db.bulkRevocationKey.updateMany({ where, data: { state: "RUNNING", failure: null } });
}

/** Writes down that the end of keys is decided by their bulk revocation, in the transaction that decides it. */
export async function markDecided(tx: Transaction, ids: readonly string[], decidedAt: Date): Promise<void> {
  const where = { id: { in: [...ids] }, state: OPEN, decidedAt: null };
  await tx.bulkRevocationKey.updateMany({ where, data: { state: "RUNNING", decidedAt } });
}

/** Writes down why keys were not ended. */
export async function markFailed(client: Transaction, ids: readonly string[], failure: string): Promise<void> {
  const where = { id: { in: [...ids] }, state: OPEN };
  await client.bulkRevocationKey.updateMany({ where, data: { state: "FAILED", failure } });
}

/** Calls keys ended before whose end another change decided, as soon as that is carried out. */
export async function markAlreadyEnded(limit: number): Promise<void> {
  const rows = await db.bulkRevocationKey.findMany({
    where: { state: "RUNNING", decidedAt: null, key: { state: { in: [...ENDED_STATES] } } },
    take: limit,
    select: { id: true },
  });
  if (rows.length === 0) return;
  const where = { id: { in: rows.map(({ id }) => id) }, state: "RUNNING" as const, decidedAt: null };
  await db.bulkRevocationKey.updateMany({ where, data: { state: "ALREADY_ENDED" } });
}

/** Calls keys revoked whose end is proved. */
export async function markProved(limit: number): Promise<void> {
  const rows = await db.bulkRevocationKey.findMany({
    where: {
      decidedAt: { not: null },
      state: { in: ["RUNNING", "FAILED"] },
      key: { state: "REVOKED" },
    },
    take: limit,
    select: { id: true },
  });
  if (rows.length === 0) return;
  // No key leaves REVOKED, so what was read a moment ago still holds.
  await db.bulkRevocationKey.updateMany({
    where: { id: { in: rows.map(({ id }) => id) }, state: { in: ["RUNNING", "FAILED"] } },
    data: { state: "REVOKED", failure: null },
  });
}

/** Gives up the keys of a bulk revocation that wait, in all regions, and those of `ids` that are being ended. */
export async function failWaiting(bulkRevocationId: string, ids: readonly string[], failure: string): Promise<void> {
  const isOurs = { OR: [{ state: "WAITING" as const }, { state: "RUNNING" as const, id: { in: [...ids] } }] };
  await db.bulkRevocationKey.updateMany({
    where: { bulkRevocationId, decidedAt: null, ...isOurs },
    data: { state: "FAILED", failure },
  });
}

/** The bulk revocations in which keys may wait or run. */
export async function listUnfinished(take: number): Promise<string[]> {
  const rows = await db.bulkRevocation.findMany({
    where: { finishedAt: null },
    orderBy: { id: "asc" },
    take,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** How many keys of bulk revocations have come to each state. */
export async function countItems(
  client: Transaction | PrismaClient,
  bulkRevocationIds: readonly string[],
): Promise<{ id: string; state: BulkKeyState; count: number }[]> {
  const groups = await client.bulkRevocationKey.groupBy({
    by: ["bulkRevocationId", "state"],
    where: { bulkRevocationId: { in: [...bulkRevocationIds] } },
    _count: { _all: true },
  });
  return groups.map(({ bulkRevocationId: id, state, _count }) => ({ id, state, count: _count._all }));
}
