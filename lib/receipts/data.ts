import "server-only";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Gateway } from "@/lib/providers/provider";
import type { Receipt } from "@/prisma/generated/client";

/** A receipt of a gateway that has neither refused the key nor turned out not to be measurable. */
const OPEN = { firstRefusedAt: null, unmeasurable: null } as const;

export interface NewReceipts {
  keyId: string;
  gateways: Gateway[];
  /** Whether several gateways may answer at an address. */
  sampled: boolean;
  /** When the storage system had proved that the key is gone. */
  removedAt: Date;
  /** When a process began to measure; null when none does yet. */
  askedAt: Date | null;
}

/** Opens a receipt for every gateway that has none yet, in the caller's transaction. */
export async function openReceipts(tx: Transaction, { keyId, gateways, ...facts }: NewReceipts): Promise<void> {
  await tx.receipt.createMany({
    data: gateways.map(({ name, endpoint }) => ({ keyId, gateway: name, endpoint, ...facts })),
    skipDuplicates: true,
  });
}

/** The gateways at which the end of a key is still to be measured. */
export function listOpenReceipts(keyId: string): Promise<Receipt[]> {
  return db.receipt.findMany({ where: { keyId, ...OPEN }, orderBy: { endpoint: "asc" } });
}

/** The receipts of a key that tell no refusal: open ones, and those of gateways that cannot be measured. */
export function listUnrefused(tx: Transaction, keyId: string): Promise<Receipt[]> {
  return tx.receipt.findMany({ where: { keyId, firstRefusedAt: null }, orderBy: { endpoint: "asc" } });
}

/**
 * Writes down that a gateway was asked now, and whether it accepted the key, by the database's clock. False when its
 * measurement has ended already.
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
 * Writes down that a gateway refused the key now, by the database's clock. A refusal that stands there already stands.
 * Another process may have been answered otherwise in between: no refusal comes before the last acceptance.
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

/** Writes down that a gateway cannot be measured, and why. Does nothing once it has refused the key. */
export async function noteUnmeasurable(receiptId: string, unmeasurable: string): Promise<void> {
  await db.receipt.updateMany({ where: { id: receiptId, firstRefusedAt: null }, data: { unmeasurable } });
}
