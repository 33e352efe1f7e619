import "server-only";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Gateway } from "@/lib/providers/provider";
import type { Receipt } from "@/prisma/generated/client";

/** An open receipt: the gateway has not refused the key yet, and it can be measured. */
const OPEN = { firstRefusedAt: null, unmeasurable: null } as const;

export interface NewReceipts {
  keyId: string;
  gateways: Gateway[];
  /** Whether several gateways may answer at one address. */
  sampled: boolean;
  /** When the storage system had proved the key's removal. */
  removedAt: Date;
  /** When a process started to measure; null before that. */
  askedAt: Date | null;
}

/** Opens a receipt for every gateway that has none yet, in the caller's transaction. */
export async function openReceipts(tx: Transaction, { keyId, gateways, ...facts }: NewReceipts): Promise<void> {
  await tx.receipt.createMany({
    data: gateways.map(({ name, endpoint }) => ({ keyId, gateway: name, endpoint, ...facts })),
    skipDuplicates: true,
  });
}

/** The open receipts of a key: the gateways whose refusal is still to be measured. */
export function listOpenReceipts(keyId: string): Promise<Receipt[]> {
  return db.receipt.findMany({ where: { keyId, ...OPEN }, orderBy: { endpoint: "asc" } });
}

/** The receipts of a key without a refusal: the open receipts, and those of gateways that cannot be measured. */
export function listUnrefused(tx: Transaction, keyId: string): Promise<Receipt[]> {
  return tx.receipt.findMany({ where: { keyId, firstRefusedAt: null }, orderBy: { endpoint: "asc" } });
}

/**
 * Records that a gateway was asked now, and whether it accepted the key, by the database's clock. Returns false, and
 * records nothing, when the measurement of the gateway has ended already.
 */
export async function noteAsked(receiptId: string, accepted: boolean): Promise<boolean> {
  const now = await readDatabaseClock(db);
  const { count } = await db.receipt.updateMany({
    where: { id: receiptId, ...OPEN },
    data: { askedAt: now, ...(accepted ? { lastAcceptedAt: now } : {}) },
  });
  return count > 0;
}

/**
 * Records that a gateway refused the key now, by the database's clock. An earlier refusal is kept. Another process may
 * have recorded an acceptance in the meantime, so the refusal is never earlier than the last acceptance. Throws when
 * there is no such receipt.
 */
export async function noteRefused(receiptId: string): Promise<void> {
  await withTransaction(async (tx) => {
    await lockRow(tx, "receipts", receiptId, "update");
    const now = await readDatabaseClock(tx);
    const receipt = await tx.receipt.findUniqueOrThrow({ where: { id: receiptId } });
    if (receipt.firstRefusedAt !== null || receipt.unmeasurable !== null) return;
    const times = [now, receipt.removedAt, receipt.lastAcceptedAt ?? receipt.removedAt];
    const firstRefusedAt = new Date(Math.max(...times.map((time) => time.getTime())));
    await tx.receipt.update({ where: { id: receiptId }, data: { askedAt: now, firstRefusedAt } });
  });
}

/** Records that a gateway cannot be measured, and why. Does nothing when the gateway has refused the key. */
export async function noteUnmeasurable(receiptId: string, unmeasurable: string): Promise<void> {
  await db.receipt.updateMany({ where: { id: receiptId, firstRefusedAt: null }, data: { unmeasurable } });
}
