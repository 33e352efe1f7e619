import "server-only";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRows, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Gateway } from "@/lib/providers/provider";
import { MEASURE_PAUSE_MS } from "@/lib/receipts/rules";
import type { Prisma, Receipt } from "@/prisma/generated/client";

/** An open receipt: the gateway has not refused the key yet, and it can be measured. */
const OPEN = { firstRefusedAt: null, unmeasurable: null } as const;

export interface NewReceipts {
  /** Each with the time when the storage system had proved its removal. */
  keys: readonly { id: string; removedAt: Date }[];
  gateways: Gateway[];
  /** Whether several gateways may answer at one address. */
  sampled: boolean;
  /** When a process started to measure; null before that. */
  askedAt: Date | null;
}

/** Opens a receipt of each key for every gateway that has none yet, in the caller's transaction or in none. */
export async function openReceipts(tx: Transaction, { keys, gateways, ...facts }: NewReceipts): Promise<void> {
  await tx.receipt.createMany({
    data: keys.flatMap(({ id: keyId, removedAt }) =>
      gateways.map(({ name, endpoint }) => ({ keyId, gateway: name, endpoint, removedAt, ...facts })),
    ),
    skipDuplicates: true,
  });
}

/** The open receipts of a key: the gateways whose refusal is still to be measured. */
export function listOpenReceipts(keyId: string): Promise<Receipt[]> {
  return db.receipt.findMany({ where: { keyId, ...OPEN }, orderBy: { endpoint: "asc" } });
}

/** An open receipt, with what a measurement needs of its key. */
export type DueReceipt = Receipt & { key: { accessKeyId: string } };

/** The open receipts of such keys that were not asked for a second. Those that were not asked for longest come first. */
export async function listDueReceipts(
  keys: Prisma.AccessKeyWhereInput,
  now: Date,
  take: number,
): Promise<DueReceipt[]> {
  const before = new Date(now.getTime() - MEASURE_PAUSE_MS);
  return db.receipt.findMany({
    where: { ...OPEN, key: keys, OR: [{ askedAt: null }, { askedAt: { lte: before } }] },
    orderBy: { askedAt: { sort: "asc", nulls: "first" } },
    take,
    include: { key: { select: { accessKeyId: true } } },
  });
}

/** The condition for keys that no gateway is left to be waited for: an unmeasurable one is, until the bound has passed. */
export function hasNoneToWaitFor(now: Date, revocationBoundMs: number): Prisma.AccessKeyWhereInput {
  const boundPassed = { removedAt: { lte: new Date(now.getTime() - revocationBoundMs) } };
  return {
    OR: [{ receipts: { none: { firstRefusedAt: null } } }, { ...boundPassed, receipts: { none: { ...OPEN } } }],
  };
}

/** The receipts of keys without a refusal: the open receipts, and those of gateways that cannot be measured. */
export function listUnrefused(tx: Transaction, keyIds: readonly string[]): Promise<Receipt[]> {
  return tx.receipt.findMany({
    where: { keyId: { in: [...keyIds] }, firstRefusedAt: null },
    orderBy: { endpoint: "asc" },
  });
}

/**
 * Records that gateways were asked now, and whether they accepted the keys, by the database's clock. Returns false, and
 * records nothing, when the measurements have ended already.
 */
export async function noteAsked(receiptIds: readonly string[], accepted: boolean): Promise<boolean> {
  if (receiptIds.length === 0) return false;
  const now = await readDatabaseClock(db);
  const { count } = await db.receipt.updateMany({
    where: { id: { in: [...receiptIds] }, ...OPEN },
    data: { askedAt: now, ...(accepted ? { lastAcceptedAt: now } : {}) },
  });
  return count > 0;
}

/**
 * Records that gateways refused keys now, by the database's clock. An earlier refusal is kept. Another process may have
 * recorded an acceptance in the meantime, so a refusal is never earlier than the last acceptance.
 */
export async function noteRefused(receiptIds: readonly string[]): Promise<void> {
  if (receiptIds.length === 0) return;
  await withTransaction(async (tx) => {
    await lockRows(tx, "receipts", [...receiptIds]);
    const now = await readDatabaseClock(tx);
    const receipts = await tx.receipt.findMany({ where: { id: { in: [...receiptIds] }, ...OPEN } });
    const byTime = new Map<number, string[]>();
    for (const { id, removedAt, lastAcceptedAt } of receipts) {
      const time = Math.max(now.getTime(), removedAt.getTime(), (lastAcceptedAt ?? removedAt).getTime());
      byTime.set(time, [...(byTime.get(time) ?? []), id]);
    }
    for (const [time, ids] of byTime) {
      const data = { askedAt: now, firstRefusedAt: new Date(time) };
      await tx.receipt.updateMany({ where: { id: { in: ids } }, data });
    }
  });
}

/** Records that gateways cannot be measured, and why. Does nothing where a gateway has refused the key. */
export async function noteUnmeasurable(receiptIds: readonly string[], unmeasurable: string): Promise<void> {
  if (receiptIds.length === 0) return;
  await db.receipt.updateMany({ where: { id: { in: [...receiptIds] }, firstRefusedAt: null }, data: { unmeasurable } });
}
