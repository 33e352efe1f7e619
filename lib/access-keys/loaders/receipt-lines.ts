import "server-only";
import type { ReceiptLine } from "@/lib/access-keys/schema";
import type { AccessKey, Receipt } from "@/prisma/generated/client";

type KeyWithReceipts = Pick<AccessKey, "accessKeyId" | "endedAt"> & { receipts: Receipt[] };

/** What is told of a key's end, one line for each gateway. */
export function composeReceipts(key: KeyWithReceipts): ReceiptLine[] {
  return key.receipts.map((receipt) => ({
    accessKeyId: key.accessKeyId,
    gateway: receipt.gateway,
    decidedAt: (key.endedAt ?? receipt.removedAt).toISOString(),
    removedAt: receipt.removedAt.toISOString(),
    lastAcceptedAt: receipt.lastAcceptedAt?.toISOString() ?? null,
    firstRefusedAt: receipt.firstRefusedAt?.toISOString() ?? null,
    unmeasurable: receipt.unmeasurable,
    sampled: receipt.sampled,
  }));
}
